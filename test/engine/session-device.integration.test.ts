// Devices that this machine may lack. What can't be had is an error: the CPU stands in for nothing.
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { tensor } from '../../src/common/tensors.ts'
import { DEVICES, type Device } from '../../src/engine/device.ts'
import { openGraphSession } from '../../src/engine/session.ts'
import { traceGraph } from '../../src/graph/trace.ts'

const { bytes } = traceGraph({
  name: 'doubling',
  inputs: [{ name: 'x', shape: [3] }],
  build: ({ x }) => ({ y: tf.mul(x!, 2) }),
})

async function doubled(device?: Device) {
  const session = await openGraphSession(bytes, device ? { device } : {})
  try {
    const { y } = await session.run({ x: tensor([3], Float32Array.of(1, -2, 0.5)) })
    return [...y!.data]
  } finally {
    await session.release()
  }
}

test('a session computes on the CPU unless it is told otherwise', async () => {
  expect(DEVICES[0]).toBe('cpu')
  expect(await doubled()).toEqual([2, -4, 1])
  expect(await doubled('cpu')).toEqual([2, -4, 1])
})

describe.each(['cuda', 'webgpu'] as const)('%s', (device) => {
  test('computes what the CPU computes, or is refused by name, with the reason and what to do', async () => {
    const outcome = await doubled(device).catch((error: unknown) => error)
    if (Array.isArray(outcome)) expect(outcome).toEqual([2, -4, 1])
    else
      expect(outcome).toMatchObject({
        code: 'invalid_config',
        message: expect.stringMatching(
          new RegExp(`^no session on device ${device}: Failed to .*docs/devices\\.md`),
        ),
        details: { field: 'device', given: device },
      })
  })

  test('refuses bytes that are no graph', async () => {
    await expect(openGraphSession(new Uint8Array([1, 2, 3]), { device })).rejects.toMatchObject({
      code: 'invalid_config',
    })
  })
})
