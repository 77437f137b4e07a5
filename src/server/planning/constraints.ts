// What every candidate of a plan must keep to, as a request says it.
import { DimaError } from '../../common/errors.ts'
import type { Constraints } from '../../inference/planning/problem.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { checkFields } from '../rollout/fields.ts'
import { copyNumbers, placeOf, subscripts } from '../wire/numbers.ts'
import { ConstraintsShell } from './shell.ts'

/**
 * @param previous [N * A] the action before the plan where the request has none of its own
 * Throws DimaError `invalid_request`, `invalid_shape`, `action_out_of_range` naming the entry.
 */
export function readConstraints(
  value: unknown,
  manifest: Manifest,
  previous: Float32Array | undefined,
): Constraints {
  const given = checkFields(ConstraintsShell, value ?? {}, 'constraints')
  const { agents, action } = manifest
  const joint = [agents.length, action.dimension]
  const read = (name: 'low' | 'high' | 'previous', otherwise: number | undefined) => {
    if (given[name] === undefined && otherwise === undefined) return undefined
    const entries = new Float32Array(joint[0]! * joint[1]!).fill(otherwise ?? 0)
    if (given[name] !== undefined) copyNumbers(given[name], joint, `constraints.${name}`, entries)
    return entries
  }
  const constraints = {
    low: read('low', action.low)!,
    high: read('high', action.high)!,
    maxChange: changes(given.max_change, joint),
    previous: read('previous', undefined) ?? previous,
  }
  requirePossible(constraints, manifest)
  return constraints
}

function changes(value: unknown, joint: number[]): Float32Array | undefined {
  if (value === undefined) return undefined
  const entries = new Float32Array(joint[0]! * joint[1]!)
  if (typeof value === 'number') {
    if (value >= 0) return entries.fill(value)
    throw new DimaError('invalid_request', 'constraints.max_change is negative', {
      field: 'constraints.max_change',
      given: value,
    })
  }
  copyNumbers(value, joint, 'constraints.max_change', entries)
  const wrong = entries.findIndex((change) => change < 0)
  if (wrong >= 0) throw refused('max_change', wrong, joint, 'is negative', entries[wrong]!)
  return entries
}

function requirePossible(
  { low, high, maxChange, previous }: Constraints,
  { agents, action }: Manifest,
): void {
  const joint = [agents.length, action.dimension]
  const [least, greatest] = [Math.fround(action.low), Math.fround(action.high)]
  for (let i = 0; i < low.length; i++) {
    if (low[i]! < least || low[i]! > greatest) throw outside('low', i, joint, action, low[i]!)
    if (high[i]! < least || high[i]! > greatest) throw outside('high', i, joint, action, high[i]!)
    if (low[i]! > high[i]!) throw refused('low', i, joint, `is above high, ${high[i]}`, low[i]!)
    if (!maxChange || !previous) continue
    const gap = Math.max(low[i]! - previous[i]!, previous[i]! - high[i]!)
    if (gap > maxChange[i]!)
      throw refused(
        'max_change',
        i,
        joint,
        `does not lead from ${previous[i]} into the bounds`,
        maxChange[i]!,
      )
  }
}

function refused(name: string, i: number, joint: number[], why: string, given: number): DimaError {
  const field = `constraints.${name}${subscripts(placeOf(i, joint))}`
  return new DimaError('invalid_request', `${field} ${why}`, { field, given })
}

function outside(
  name: string,
  i: number,
  joint: number[],
  { low, high }: Manifest['action'],
  given: number,
): DimaError {
  const field = `constraints.${name}${subscripts(placeOf(i, joint))}`
  const message = `${field} is ${given}, expected ${low} to ${high}`
  return new DimaError('action_out_of_range', message, { field, expected: [low, high], given })
}
