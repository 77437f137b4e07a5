// The main process's side of the search for a device.
import { once } from 'node:events'
import { DimaError } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import { startProcess } from '../../common/start-process.ts'
import type { DeviceChoice } from '../../engine/device.ts'
import type { FoundDevice } from '../../engine/find-device.ts'

export interface DeviceQuestion {
  choice: DeviceChoice
  cards: readonly number[]
}

export type FromDeviceProcess = FoundDevice | { refused: string }

/**
 * In a process of its own. Throws DimaError `invalid_config` for a device that is asked for by name and can't be had.
 * @param logger is told what `auto` took and why, and what the engine writes
 */
export async function searchDevice(
  question: DeviceQuestion,
  logger: Pick<Logger, 'info'>,
): Promise<FoundDevice['device']> {
  const { choice } = question
  if (choice === 'cpu') return choice // it is always there
  const wrote = (text: string) => logger.info({ text }, 'the search for a device wrote')
  const child = startProcess('./device-process', import.meta.url, wrote, [JSON.stringify(question)])
  const said = once(child, 'message').then(([message]) => message as FromDeviceProcess)
  const ended = once(child, 'exit').then(([code, signal]) => ({
    refused: `the search for device ${choice} ended without a result (${signal ?? code})`,
  }))
  const found = await Promise.race([said, ended])
  if ('refused' in found)
    throw new DimaError('invalid_config', found.refused, { field: 'DEVICE', given: choice })
  if (choice === 'auto') logger.info(found, `DEVICE=auto takes ${found.device}`)
  return found.device
}
