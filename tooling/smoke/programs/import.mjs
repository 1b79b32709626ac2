import * as backend from '@neurite/backend-cpu'
import * as core from '@neurite/core'
import * as losses from '@neurite/losses'
import * as nn from '@neurite/nn'
import * as optimizers from '@neurite/optimizers'
import { trainXor } from './xor.mjs'

console.log(await trainXor({ core, backend, nn, losses, optimizers }))
