// The device that a setting means. What is asked for by name must be there; `auto` takes what is there and says why.
import { DimaError } from '../common/errors.ts'
import { DEVICES, type Device, type DeviceChoice } from './device.ts'
import { probe, speedOf } from './probe.ts'

export interface FoundDevice {
  device: Device
  /** Why `auto` did not take the others: they are missing, or slower than the CPU. */
  passed: Partial<Record<Device, string>>
}

/** What is looked at; tests have others. */
export interface Probes {
  probe(device: Device, card: number): Promise<void>
  speedOf(device: Device, card: number): Promise<number>
}

/**
 * @param cards of CUDA, which must all be there
 * Throws DimaError `invalid_config` for a device that is asked for by name and is missing.
 */
export async function findDevice(
  choice: DeviceChoice,
  cards: readonly number[],
  probes: Probes = { probe, speedOf },
): Promise<FoundDevice> {
  if (choice !== 'auto') {
    for (const card of cardsOf(choice, cards)) await probes.probe(choice, card)
    return { device: choice, passed: {} }
  }
  const passed: FoundDevice['passed'] = {}
  const cpuMs = await probes.speedOf('cpu', 0)
  for (const device of DEVICES.filter((one) => one !== 'cpu')) {
    const reason = await reasonAgainst(device, cards, cpuMs, probes)
    if (reason === undefined) return { device, passed }
    passed[device] = reason
  }
  return { device: 'cpu', passed }
}

const cardsOf = (device: Device, cards: readonly number[]): readonly number[] =>
  device === 'cuda' ? cards : [0]

/** A driver may compute in software: such a device is there, and slower than a core. */
async function reasonAgainst(
  device: Device,
  cards: readonly number[],
  cpuMs: number,
  { speedOf }: Probes,
): Promise<string | undefined> {
  try {
    let slowest = 0
    for (const card of cardsOf(device, cards)) slowest = Math.max(slowest, await speedOf(device, card))
    if (slowest <= cpuMs) return undefined
    return `a product of matrices takes ${slowest.toFixed(0)} ms there, ${cpuMs.toFixed(0)} ms on a core of the CPU`
  } catch (error) {
    if (error instanceof DimaError) return error.message
    throw error
  }
}
