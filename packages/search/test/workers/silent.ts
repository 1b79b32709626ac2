// A worker's module that forgets to call exposeObjective.
export {}
