// What executors compute on, by the settings.
import { expect, test, vi } from 'vitest'
import { CUDA, cardAt, type Device, POLICIES } from '../../../src/engine/device.ts'
import { sessionAt } from '../../../src/inference/executors/pool.ts'
import { readConfig } from '../../../src/server/config.ts'

vi.mock('../../../src/inference/executors/device-search.ts', () => ({
  searchDevice: async ({ choice }: { choice: Device | 'auto' }) => (choice === 'auto' ? 'webgpu' : choice),
}))
vi.resetModules() // other files may have loaded it with the real search
const { executorsOn, openPlacement } = await import('../../../src/server/placement.ts')

const placed = (environment: Record<string, string>) =>
  openPlacement(readConfig(environment), { info: () => {} })

test.each(['cpu', 'cuda', 'webgpu'] as const)('%s has what suits it', async (device) => {
  const on = await placed({ DEVICE: device })
  expect(on).toEqual({ device, cards: [0], policy: POLICIES[device] })
  expect(executorsOn(on)).toBe(POLICIES[device].executors)
})

test('settings win over what suits the device', async () => {
  const { policy } = await placed({
    DEVICE: 'cuda',
    EXECUTORS: '4',
    EXECUTOR_TIMEOUT_MS: '7000',
    PROOF_RUN_SECONDS: '3',
    PROOF_SECONDS: '50',
    MAX_BATCH_SIZE: '10',
    MAX_QUEUE_DELAY_MICROSECONDS: '0',
    ROLLOUT_CHUNK_ROWS: '2000',
    EMBED_ROWS: '1024',
  })
  expect(policy).toEqual({
    ...CUDA,
    executors: 4,
    runTimeoutMs: 7000,
    proofRunSeconds: 3,
    proofSeconds: 50,
    stepRows: 10,
    stepDelayMs: 0,
    chunkRows: 2000,
    embedRows: 1024,
  })
})

test('executors take turns on the cards, each card has as many', async () => {
  const on = await placed({ DEVICE: 'cuda', DEVICE_IDS: '1,3', EXECUTORS: '2' })
  expect(executorsOn(on)).toBe(4)
  expect([0, 1, 2, 3].map((place) => cardAt(on, place))).toEqual([1, 3, 1, 3])
  expect(sessionAt(on, 1)).toEqual({ device: 'cuda', card: 3, policy: on.policy })
})

test('cards are of cuda only, and each is named once', async () => {
  await expect(placed({ DEVICE: 'webgpu', DEVICE_IDS: '1' })).rejects.toThrow(/DEVICE_IDS=1 is for cuda/)
  await expect(placed({ DEVICE: 'cuda', DEVICE_IDS: '1,1' })).rejects.toThrow(/names a card twice/)
  expect((await placed({ DEVICE: 'auto', DEVICE_IDS: '1' })).cards).toEqual([0]) // it took webgpu
})
