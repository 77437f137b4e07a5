// Randomness is an input of a graph. tfjs draws random numbers on the host, so under trace they would silently
// become one fixed constant; instead the operation throws.
import * as tf from '@tensorflow/tfjs-core'

/** Every op of tfjs-core that draws numbers; `dropout` is built on randomUniform. */
const RANDOM_OPS = new Set([
  'rand',
  'randomGamma',
  'randomNormal',
  'randomStandardNormal',
  'randomUniform',
  'randomUniformInt',
  'truncatedNormal',
  'multinomial',
])

/**
 * Runs `f`, throwing from any random op it calls. All ops of tfjs-core open a scope named after themselves
 * (ops/operation.js) on the one engine, so watching that method sees them however they were imported.
 */
export function withoutRandomness<T>(f: () => T): T {
  const engine = tf.engine()
  const startScope = engine.startScope
  engine.startScope = (name?: string) => {
    const op = name?.replace(/__op$/, '')
    if (op !== undefined && RANDOM_OPS.has(op))
      throw new Error(`tf.${op} cannot be traced: randomness is an input of the graph`)
    startScope.call(engine, name)
  }
  try {
    return f()
  } finally {
    engine.startScope = startScope
  }
}
