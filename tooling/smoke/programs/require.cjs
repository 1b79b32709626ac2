const backend = require('@neurite/backend-cpu')
const core = require('@neurite/core')
const losses = require('@neurite/losses')
const nn = require('@neurite/nn')
const optimizers = require('@neurite/optimizers')
const { trainXor } = require('./xor.mjs')

trainXor({ core, backend, nn, losses, optimizers }).then(console.log)
