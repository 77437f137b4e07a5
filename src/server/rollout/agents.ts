// Dictionaries by agent, as PettingZoo has them.
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { describe } from '../wire/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'
import { agentNames } from './views.ts'

export const isDictionary = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WireTensor)

/** Throws DimaError `unknown_agent` where the dictionary in `field` has others than the agents of the model. */
export function requireKnown(byAgent: Record<string, unknown>, manifest: Manifest, field: string): void {
  const known = agentNames(manifest)
  const stranger = Object.keys(byAgent).find((name) => !known.includes(name))
  if (stranger === undefined) return
  const name = String(describe(stranger))
  throw new DimaError('unknown_agent', `${field}.${name} is of no agent of this model`, {
    field: `${field}.${name}`,
    expected: known,
    given: name,
  })
}
