#!/usr/bin/env node
import { migrate } from './store/migrate.js'

await migrate()
