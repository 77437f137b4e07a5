// The flag of commands that compute on a device, and the look whether it is there before anything else is done.
import { oneOf } from '../common/config.ts'
import { DEVICES, type Device } from './device.ts'
import { probe } from './probe.ts'

export const deviceFlag = {
  device: oneOf(DEVICES, 'cpu', 'what engine onnx computes on (docs/devices.md)'),
}

/** Throws DimaError where there is no such device: not after minutes of other work. */
export async function requireDevice(device: Device): Promise<void> {
  if (device !== 'cpu') await probe(device, 0)
}
