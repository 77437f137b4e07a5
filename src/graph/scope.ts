import * as tf from '@tensorflow/tfjs-core'

/** tf.tidy for results that hold no tensors: tf.tidy would search big results for tensors, number by number. */
export function scoped<T>(f: () => T): T {
  const engine = tf.engine()
  engine.startScope()
  try {
    return f()
  } finally {
    engine.endScope()
  }
}
