// Stands in for the package @tensorflow/tfjs-node-gpu: what that does around its native library, with tfjs-cpu in place of
// the library. As the original it brings tfjs along, loads its addon, and registers the backend `tensorflow`. As there,
// numbers cross to the library and back as copies, and what was disposed of can't be read.
const tf = require('@tensorflow/tfjs')
const cpu = require('@tensorflow/tfjs-backend-cpu')

/** Set by tests: `missing`, `broken`, or nothing. */
const addon = process.env.STAND_IN_ADDON

if (addon === 'missing')
  throw new Error(
    'The Node.js native addon module (tfjs_binding.node) can not be found at path: lib/napi-v8/tfjs_binding.node.',
  )

class NativeBackend extends cpu.MathBackendCPU {
  constructor() {
    super()
    if (addon === 'broken') throw new Error('the native library does not start')
    this.calls = 0
  }

  write(values, shape, dtype) {
    return super.write(copyOf(values), shape, dtype)
  }

  move(dataId, values, shape, dtype, refCount) {
    super.move(dataId, copyOf(values), shape, dtype, refCount)
  }

  async read(dataId) {
    return this.readSync(dataId)
  }

  readSync(dataId) {
    if (!this.data.has(dataId)) throw new Error('the tensor was disposed of')
    this.calls++
    return copyOf(super.readSync(dataId))
  }
}

const copyOf = (values) => (ArrayBuffer.isView(values) ? values.slice() : values)

tf.registerBackend('tensorflow', () => new NativeBackend(), 3)
for (const kernel of tf.getKernelsForBackend('cpu'))
  tf.registerKernel({ ...kernel, backendName: 'tensorflow' })

module.exports = tf
