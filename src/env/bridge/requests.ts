// What a client may ask, checked before it is sent.
import { type Group, undecided } from '../../common/action-layout.ts'
import { DimaError } from '../../common/errors.ts'
import { unknownAgent } from '../agent-actions.ts'
import type { PerAgent } from '../parallel-env.ts'
import { type Box, layoutIn } from '../spaces.ts'
import { checkLength } from '../vector/check-length.ts'
import type { VectorResetOptions } from '../vector/vector-env.ts'
import { type FloatDtype, type WireArray, wireArray } from './arrays.ts'
import type { Declaration, DeclaredAgent } from './declaration.ts'
import { wholeNumber } from './write-message.ts'

/**
 * The joint actions [E, A] of exactly the declared agents. DimaError `unknown_agent`, `invalid_shape`, `not_finite`, and
 * `action_out_of_range` for a choice that is none.
 */
export function wireActions(
  actions: PerAgent<ArrayLike<number>>,
  { agents, numEnvs }: Declaration,
): PerAgent<WireArray> {
  const wire: PerAgent<WireArray> = {}
  for (const agent of agents) wire[agent.name] = wireAction(actions[agent.name], agent, numEnvs)
  const names = agents.map(({ name }) => name)
  for (const agent in actions) if (!names.includes(agent)) throw unknownAgent(agent, names)
  return wire
}

function wireAction(
  actions: ArrayLike<number> | undefined,
  { name, action: { box, dtype } }: DeclaredAgent,
  numEnvs: number,
): WireArray {
  const size = box.low.length
  if (!actions) throw new DimaError('unknown_agent', `no actions for ${name}`, { field: name })
  if (actions.length !== numEnvs * size)
    throw new DimaError(
      'invalid_shape',
      `the actions of ${name} have ${actions.length} values, not ${numEnvs * size} (${numEnvs} copies of ${size})`,
      { field: name, expected: [numEnvs, size], given: [actions.length] },
    )
  const values = floats(dtype, actions)
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw notFinite(name, Math.floor(i / size), i % size, actions[i]!, dtype)
  demandChoices(values, name, box, numEnvs)
  return wireArray(dtype, [numEnvs, size], values)
}

function demandChoices(values: ArrayLike<number>, agent: string, box: Box, copies: number): void {
  if (!box.layout) return
  const size = box.low.length
  for (let copy = 0; copy < copies; copy++) {
    const group = undecided(values, copy * size, layoutIn(box))
    if (group) throw noChoice(`the action of ${agent} in copy ${copy}`, agent, group)
  }
}

function noChoice(what: string, field: string, { from, to }: Group): DimaError {
  const expected = `one of the entries ${from} to ${to - 1} 1 and the others 0`
  return new DimaError('action_out_of_range', `${what} is no choice: expected ${expected}`, {
    field,
    expected,
  })
}

const floats = (dtype: FloatDtype, values: ArrayLike<number>): Float32Array | Float64Array =>
  dtype === '<f4' ? new Float32Array(values) : new Float64Array(values)

function notFinite(agent: string, copy: number, entry: number, value: number, dtype: FloatDtype): DimaError {
  const how = Number.isFinite(value) ? `${value}, too large for ${dtype}` : value
  return new DimaError('not_finite', `value ${entry} of the action of ${agent} in copy ${copy} is ${how}`, {
    field: `${agent}[${copy}][${entry}]`,
    given: String(value),
  })
}

/** DimaError `invalid_shape`, `invalid_request` for a mask or a seed that can't be sent. */
export function wireReset(
  { mask, seed }: VectorResetOptions,
  { numEnvs, subsetReset }: Declaration,
): { mask?: WireArray; seed?: WireArray | number | bigint } {
  if (mask) checkLength('mask', mask, numEnvs)
  const chosen = mask && Uint8Array.from(mask, (flag) => (flag ? 1 : 0))
  const all = !chosen?.includes(0)
  if (!all && !subsetReset)
    throw new DimaError(
      'invalid_request',
      'this environment starts all copies together: reset without a mask',
      {
        field: 'mask',
      },
    )
  return {
    ...(all ? {} : { mask: wireArray('|u1', [numEnvs], chosen!) }),
    ...(seed === undefined ? {} : { seed: wireSeed(seed, numEnvs) }),
  }
}

function wireSeed(seed: number | ArrayLike<number>, numEnvs: number): WireArray | number | bigint {
  if (typeof seed === 'number') {
    checkSeed('seed', seed, Number.MAX_SAFE_INTEGER - numEnvs)
    return wholeNumber(seed)
  }
  checkLength('seed', seed, numEnvs)
  for (let copy = 0; copy < numEnvs; copy++) checkSeed(`seed[${copy}]`, seed[copy]!, 2 ** 32 - 1)
  return wireArray('<u4', [numEnvs], Uint32Array.from(seed))
}

export function checkSeed(field: string, seed: number, most: number): void {
  if (Number.isInteger(seed) && seed >= 0 && seed <= most) return
  const expected = `an integer from 0 to ${most}`
  throw new DimaError('invalid_request', `${field} is ${seed}, not ${expected}`, {
    field,
    expected,
    given: String(seed),
  })
}
