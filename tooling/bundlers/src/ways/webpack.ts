import { cpSync } from 'node:fs'
import { join } from 'node:path'
import webpackOf from 'webpack'
import type { Way } from './way.js'

export const webpack: Way = {
  name: `webpack ${webpackOf.version}`,
  async build({ name, source, out }) {
    const compiler = webpackOf({
      mode: 'production',
      context: source,
      entry: './main.js',
      output: { path: out },
      // It warns of any script above 244 KiB, which TensorFlow.js is.
      ...(name === 'engine' ? { performance: { hints: false } } : {}),
    })
    const stats = await new Promise<webpackOf.Stats>((resolve, reject) => {
      compiler.run((error, result) =>
        result === undefined ? reject(error ?? new Error('no result')) : resolve(result),
      )
    })
    await new Promise((resolve) => compiler.close(resolve))
    const { errors = [], warnings = [] } = stats.toJson({ all: false, errors: true, warnings: true })
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
    cpSync(join(source, 'index.html'), join(out, 'index.html'))
    return { warnings: warnings.map(({ message }) => message) }
  },
}
