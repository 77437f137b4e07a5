// Which devices this machine has: found by computing something on each.
import * as tf from '@tensorflow/tfjs-core'
import { DimaError } from '../../src/common/errors.ts'
import { tensor } from '../../src/common/tensors.ts'
import { DEVICES, type Device, openGraphSession } from '../../src/engine/session.ts'
import { traceGraph } from '../../src/graph/trace.ts'

export interface Devices {
  present: Device[]
  /** why the others are not there */
  missing: Partial<Record<Device, string>>
}

/** A device asked for by name must be there. `auto` takes those that are; the CPU stands in where there is none. */
export async function findDevices(wanted: Device | 'auto'): Promise<Devices> {
  if (wanted !== 'auto') {
    await probe(wanted)
    return { present: [wanted], missing: {} }
  }
  const devices: Devices = { present: [], missing: {} }
  for (const device of DEVICES.filter((one) => one !== 'cpu')) {
    try {
      await probe(device)
      devices.present.push(device)
    } catch (error) {
      if (!(error instanceof DimaError)) throw error
      console.error(error.message)
      devices.missing[device] = error.message
    }
  }
  return devices.present.length > 0 ? devices : { ...devices, present: ['cpu'] }
}

async function probe(device: Device): Promise<void> {
  const { bytes } = traceGraph({
    name: 'probe',
    inputs: [{ name: 'x', shape: [1] }],
    build: ({ x }) => ({ y: tf.add(x!, 1) }),
  })
  const session = await openGraphSession(bytes, { device })
  await session.run({ x: tensor([1]) })
  await session.release()
}
