// Which device a setting means, by probes that are made up.
import { expect, test } from 'vitest'
import { DimaError } from '../../src/common/errors.ts'
import type { Device } from '../../src/engine/device.ts'
import { findDevice } from '../../src/engine/find-device.ts'

/** A machine whose cards multiply in so many milliseconds; what is not named is missing. */
function machine(times: Partial<Record<Device, number[]>>) {
  const looked: string[] = []
  const timeOf = (device: Device, card: number): number => {
    looked.push(`${device} ${card}`)
    const ms = times[device]?.[card]
    if (ms === undefined) throw new DimaError('invalid_config', `no session on device ${device}`)
    return ms
  }
  const probes = {
    probe: async (device: Device, card: number) => void timeOf(device, card),
    speedOf: async (device: Device, card: number) => timeOf(device, card),
  }
  return { looked, probes }
}

test('a device that is named is looked for on every card, and is all that is looked at', async () => {
  const { probes, looked } = machine({ cpu: [30], cuda: [900, 900], webgpu: [1] })
  expect(await findDevice('cuda', [0, 1], probes)).toEqual({ device: 'cuda', passed: {} })
  expect(looked).toEqual(['cuda 0', 'cuda 1'])
})

test('a named device that is missing is refused, and so is a card', async () => {
  const { probes } = machine({ cpu: [30], cuda: [1] })
  const refused = { code: 'invalid_config', message: 'no session on device' }
  await expect(findDevice('webgpu', [0], probes)).rejects.toMatchObject({
    ...refused,
    message: 'no session on device webgpu',
  })
  await expect(findDevice('cuda', [0, 1], probes)).rejects.toMatchObject({ code: refused.code })
})

test('of those that are there auto takes the first, and says why not those before', async () => {
  expect((await findDevice('auto', [0], machine({ cpu: [30], cuda: [2], webgpu: [1] }).probes)).device).toBe(
    'cuda',
  )
  const { device, passed } = await findDevice('auto', [0], machine({ cpu: [30], webgpu: [5] }).probes)
  expect(device).toBe('webgpu')
  expect(passed).toEqual({ cuda: 'no session on device cuda' })
})

test('auto takes no device in software, which is slower than the CPU', async () => {
  const { device, passed } = await findDevice('auto', [0], machine({ cpu: [30], webgpu: [6000] }).probes)
  expect(device).toBe('cpu')
  expect(passed.webgpu).toBe('a product of matrices takes 6000 ms there, 30 ms on a core of the CPU')
})

test('of several cards all must be there and fast', async () => {
  const slow = await findDevice('auto', [0, 1], machine({ cpu: [30], cuda: [2, 50] }).probes)
  expect(slow.passed.cuda).toContain('50 ms there')
  expect((await findDevice('auto', [0, 1], machine({ cpu: [30], cuda: [2] }).probes)).device).toBe('cpu')
})

test('what fails for another reason is no missing device', async () => {
  const { probes } = machine({ cpu: [30] })
  const broken = { ...probes, speedOf: () => Promise.reject(new Error('out of memory')) }
  await expect(findDevice('auto', [0], broken)).rejects.toThrow('out of memory')
})
