// Looks for a device and ends: the main process opens no engine, and one that fails to start may take its process along.
import { DimaError } from '../../common/errors.ts'
import { findDevice } from '../../engine/find-device.ts'
import type { DeviceQuestion, FromDeviceProcess } from './device-search.ts'

const { choice, cards } = JSON.parse(process.argv[2]!) as DeviceQuestion

async function answer(): Promise<FromDeviceProcess> {
  try {
    return await findDevice(choice, cards)
  } catch (error) {
    if (error instanceof DimaError) return { refused: error.message }
    throw error
  }
}

process.on('disconnect', () => process.exit(0))
process.send!(await answer(), undefined, {}, () => process.exit(0))
