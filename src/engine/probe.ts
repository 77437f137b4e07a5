// Whether a device is there and worth having: found by multiplying matrices on it.
import { tensor } from '../common/tensors.ts'
import { DATA_TYPE, encodeModel, PRODUCER } from '../graph/onnx.ts'
import type { Device } from './device.ts'
import { openGraphSession } from './session.ts'

/** 2 GFLOP and 12 MB across a bus: tens of milliseconds of a core. */
const LARGE = 1024
const REPEATS = 3
/** A device in software takes seconds: once is enough. */
const LONG_MS = 500

/** Throws DimaError where there is no such device. */
export const probe = async (device: Device, card: number): Promise<void> => {
  await productMs(device, card, 1)
}

/** Milliseconds of a large product of matrices, with the way there and back. Throws as `probe` does. */
export const speedOf = (device: Device, card: number): Promise<number> => productMs(device, card, LARGE)

async function productMs(device: Device, card: number, size: number): Promise<number> {
  const session = await openGraphSession(product(size), { device, card })
  try {
    const matrix = tensor([size, size], new Float32Array(size * size).fill(1))
    const run = async () => {
      const began = performance.now()
      await session.run({ a: matrix, b: matrix })
      return performance.now() - began
    }
    await run() // compiles, and loads libraries
    let least = await run()
    for (let i = 1; i < REPEATS && least < LONG_MS; i++) least = Math.min(least, await run())
    return least
  } finally {
    await session.release()
  }
}

/** c = a b */
function product(size: number): Uint8Array {
  const dim = [{ dimValue: size }, { dimValue: size }]
  const matrix = (name: string) => ({
    name,
    type: { tensorType: { elemType: DATA_TYPE.float32, shape: { dim } } },
  })
  return encodeModel({
    irVersion: 8,
    producerName: PRODUCER,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'product',
      node: [{ name: 'product', opType: 'MatMul', input: ['a', 'b'], output: ['c'], attribute: [] }],
      initializer: [],
      input: [matrix('a'), matrix('b')],
      output: [matrix('c')],
    },
  })
}
