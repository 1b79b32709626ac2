// A worker's module that forgets to call expose.
export {}
