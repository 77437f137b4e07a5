// What the executors compute on, by the settings: the device, its cards, and what suits it unless a setting says
// otherwise.
import { DimaError } from '../common/errors.ts'
import type { Logger } from '../common/logger.ts'
import { type DevicePolicy, type Placement, POLICIES } from '../engine/device.ts'
import { searchDevice } from '../inference/executors/device-search.ts'
import type { ServerConfig } from './settings.ts'

/** Throws DimaError `invalid_config` where a device that is named is missing. */
export async function openPlacement(config: ServerConfig, logger: Pick<Logger, 'info'>): Promise<Placement> {
  const cards = cardsOf(config)
  const device = await searchDevice({ choice: config.DEVICE, cards }, logger)
  const policy = { ...POLICIES[device], ...overrides(config) }
  return { device, cards: device === 'cuda' ? cards : [0], policy }
}

/** Executors share the processor, or a card each so many. */
export const executorsOn = ({ cards, policy }: Placement): number => cards.length * policy.executors

function cardsOf({ DEVICE, DEVICE_IDS }: ServerConfig): number[] {
  const cards = DEVICE_IDS.split(',').map(Number)
  if (new Set(cards).size < cards.length)
    throw new DimaError('invalid_config', `DEVICE_IDS=${DEVICE_IDS} names a card twice`)
  if (DEVICE_IDS === '0' || DEVICE === 'cuda' || DEVICE === 'auto') return cards
  throw new DimaError(
    'invalid_config',
    `DEVICE_IDS=${DEVICE_IDS} is for cuda: of device ${DEVICE} there is one`,
  )
}

function overrides(config: ServerConfig): Partial<DevicePolicy> {
  const delay = config.MAX_QUEUE_DELAY_MICROSECONDS
  const given: Partial<Record<keyof DevicePolicy, number | undefined>> = {
    executors: config.EXECUTORS,
    runTimeoutMs: config.EXECUTOR_TIMEOUT_MS,
    proofRunSeconds: config.PROOF_RUN_SECONDS,
    proofSeconds: config.PROOF_SECONDS,
    stepRows: config.MAX_BATCH_SIZE,
    stepDelayMs: delay === undefined ? undefined : delay / 1000,
    chunkRows: config.ROLLOUT_CHUNK_ROWS,
    embedRows: config.EMBED_ROWS,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
