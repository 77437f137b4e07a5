// From what was played to what PPO learns from: values of all states, advantages, returns.
import type { Widths } from '../../networks/dimensions.ts'
import { criticInputs } from '../play/critic-inputs.ts'
import type { Recording } from '../play/recording.ts'
import { advantagesOf, type Discounts, standardised } from '../policy/advantages.ts'
import type { PpoBatch } from '../policy/ppo.ts'
import type { ValueNormaliser } from '../policy/value-normaliser.ts'
import { apart, forEachAgent } from './agents-apart.ts'

export interface BatchOptions extends Discounts {
  advantageEpsilon: number
  /** whether each agent learns by its own reward, and not by the team's */
  apart?: boolean
}

/** @param valuesOf of critic inputs [R, S], of agents apart [R N, S + N], in the units of the normaliser */
export async function batchOf(
  recording: Recording,
  { agents, state: S }: Widths,
  valuesOf: (inputs: Float32Array) => Promise<Float32Array>,
  normaliser: ValueNormaliser,
  options: BatchOptions,
): Promise<PpoBatch> {
  const { observations, actions, logProbabilities } = recording
  const played = options.apart ? apart(recording, agents) : recording
  const { copies: E, rewards, ends } = played
  const rows = rewards.length
  const seen = criticInputs(withLast(recording, S), S)
  const inputs = options.apart ? forEachAgent(seen, S, agents) : seen
  const normalised = await valuesOf(inputs)
  const values = normaliser.denormalise(normalised)
  const advantages = advantagesOf(
    {
      copies: E,
      rewards,
      values: values.subarray(0, rows),
      nextValues: nextValues(values, played),
      terminated: flags(rows, ends, ({ terminated }) => terminated),
      ended: flags(rows, ends, () => true),
    },
    options,
  )
  return {
    samples: recording.rewards.length,
    agents,
    observations,
    actions,
    logProbabilities,
    advantages: standardised(advantages, options.advantageEpsilon),
    inputs: inputs.slice(0, (rows * inputs.length) / normalised.length),
    values: normalised.slice(0, rows),
    returns: advantages.map((advantage, i) => advantage + values[i]!),
  }
}

/** [(T + 1) E + K, S]: all states, and after them those that the K episodes ended in. */
function withLast({ states, ends }: Recording, width: number): Float64Array {
  const all = new Float64Array(states.length + ends.length * width)
  all.set(states)
  for (const [k, { state }] of ends.entries()) all.set(state, states.length + k * width)
  return all
}

/** The value of the state after each step, of the same episode. */
function nextValues(
  values: Float32Array,
  { rewards, copies: E, ends }: Pick<Recording, 'rewards' | 'copies' | 'ends'>,
): Float32Array {
  const next = values.slice(E, rewards.length + E)
  for (const [k, { row }] of ends.entries()) next[row] = values[rewards.length + E + k]!
  return next
}

function flags(
  rows: number,
  ends: Recording['ends'],
  isSet: (end: Recording['ends'][number]) => boolean,
): Uint8Array {
  const set = new Uint8Array(rows)
  for (const end of ends) if (isSet(end)) set[end.row] = 1
  return set
}
