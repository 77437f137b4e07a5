// Which devices this machine has: found by computing something on each.
import { DimaError } from '../../src/common/errors.ts'
import { DEVICES, type Device } from '../../src/engine/device.ts'
import { probe } from '../../src/engine/probe.ts'

export interface Devices {
  present: Device[]
  /** why the others are not there */
  missing: Partial<Record<Device, string>>
}

/** A device asked for by name must be there. `auto` takes those that are; the CPU stands in where there is none. */
export async function findDevices(wanted: Device | 'auto'): Promise<Devices> {
  if (wanted !== 'auto') {
    await probe(wanted, 0)
    return { present: [wanted], missing: {} }
  }
  const devices: Devices = { present: [], missing: {} }
  for (const device of DEVICES.filter((one) => one !== 'cpu')) {
    try {
      await probe(device, 0)
      devices.present.push(device)
    } catch (error) {
      if (!(error instanceof DimaError)) throw error
      console.error(error.message)
      devices.missing[device] = error.message
    }
  }
  return devices.present.length > 0 ? devices : { ...devices, present: ['cpu'] }
}
