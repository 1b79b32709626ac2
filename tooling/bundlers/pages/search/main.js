import { search } from './search.js'

// search.ts and objective.ts beside it are those of the README of @neurite/search.
search().then(({ best }) => console.log('loss', best.value))
