// PPO on one batch, wherever it comes from: several passes over it, in minibatches, by actor and critic side by side
// (method.md 4.3). Imagined batches and played ones differ only in who fills in the advantages.
import { DimaError } from '../../common/errors.ts'
import { firstNonFinite } from '../../common/finite.ts'
import type { Rng } from '../../common/rng.ts'
import type { NamedTensors } from '../../common/tensors.ts'
import type { Trains } from '../../learning/lanes/trains.ts'
import type { ValueNormaliser } from './value-normaliser.ts'

/** R samples of N agents. */
export interface PpoBatch {
  samples: number // R
  agents: number // N
  observations: Float32Array // [R, N, O]
  actions: Float32Array // [R, N, A]
  logProbabilities: Float32Array // [R, N]
  /** [R], or [R, N] of agents apart: comparable between batches */
  advantages: Float32Array
  /** [R], where samples have a factor each */
  factor?: Float32Array
  inputs: Float32Array // [R, I] of the critic; of agents apart [R, N, I], as are values and returns
  values: Float32Array // [R] normalised, of the critic as it was
  returns: Float32Array // [R] in the units of the reward
}

/** Real states with what was really earned from them, for the critic alone. */
export interface Anchors {
  inputs: Float32Array // [A, I]
  values: Float32Array // [A] normalised, of the critic as it was
  returns: Float32Array // [A] in the units of the reward
}

export interface PpoOptions {
  passes: number
  minibatches: number
  learningRate: number
  /** beside every minibatch of the critic's */
  anchors?: Anchors | undefined
  /** whether every minibatch moves the normaliser; default true */
  normalises?: boolean
}

export interface PpoLearners {
  actor: Trains
  critic: Trains
}

/** The metrics of the last minibatch of each network. DimaError `not_finite` where there is nothing to learn from. */
export async function ppoUpdate(
  { actor, critic }: PpoLearners,
  batch: PpoBatch,
  { passes, minibatches, learningRate, anchors, normalises = true }: PpoOptions,
  normaliser: ValueNormaliser,
  rng: Rng,
): Promise<Record<'actor' | 'critic', Record<string, number>>> {
  demandFiniteBatch(batch)
  const last = { actor: {}, critic: {} }
  for (let pass = 0; pass < passes; pass++) {
    for (const part of minibatchesOf(batch, minibatches, rng)) {
      if (normalises) normaliser.update(part.returns)
      const learned = [
        actor.step(actorInputs(part), learningRate),
        critic.step(criticInputs(part, normaliser, anchors), learningRate),
      ] as const
      ;[last.actor, last.critic] = await Promise.all(learned)
    }
  }
  return last
}

export function actorInputs({ samples: R, agents: N, ...batch }: PpoBatch): NamedTensors {
  const { observations, actions, logProbabilities, advantages, factor } = batch
  return {
    observations: { data: observations, shape: [R, N, observations.length / (R * N)] },
    actions: { data: actions, shape: [R, N, actions.length / (R * N)] },
    log_probabilities: { data: logProbabilities, shape: [R, N] },
    advantages: { data: advantages, shape: [R, advantages.length / R] },
    ...(factor ? { factor: { data: factor, shape: [R, 1] } } : {}),
  }
}

export function criticInputs(part: PpoBatch, normaliser: ValueNormaliser, anchors?: Anchors): NamedTensors {
  const all = (name: keyof Anchors) => (anchors ? joined(part[name], anchors[name]) : part[name])
  const [inputs, values, returns] = [all('inputs'), all('values'), all('returns')]
  const R = values.length
  return {
    inputs: { data: inputs, shape: [R, inputs.length / R] },
    values: { data: values, shape: [R] },
    returns: { data: normaliser.normalise(returns), shape: [R] },
  }
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** Equal parts in random order; one part is the batch as it is. Samples that don't fill a part are left out this time. */
export function minibatchesOf(batch: PpoBatch, count: number, rng: Rng): PpoBatch[] {
  if (count === 1) return [batch]
  const size = Math.floor(batch.samples / count)
  const order = rng.permutation(batch.samples)
  return Array.from({ length: count }, (_, i) => pick(batch, order.slice(i * size, (i + 1) * size)))
}

const ARRAYS = [
  'observations',
  'actions',
  'logProbabilities',
  'advantages',
  'inputs',
  'values',
  'returns',
] as const

function pick(batch: PpoBatch, rows: readonly number[]): PpoBatch {
  const names = batch.factor ? ([...ARRAYS, 'factor'] as const) : ARRAYS
  const picked = names.map((name) => {
    const all = batch[name]!
    const width = all.length / batch.samples
    const part = new Float32Array(rows.length * width)
    for (const [to, from] of rows.entries())
      part.set(all.subarray(from * width, (from + 1) * width), to * width)
    return [name, part]
  })
  return { ...batch, ...Object.fromEntries(picked), samples: rows.length }
}

/** What each array comes from. */
const ORIGIN: Record<(typeof ARRAYS)[number], string> = {
  observations: 'observations',
  actions: 'actions of the actor',
  logProbabilities: "log-probabilities of the actor's actions",
  advantages: 'advantages, of rewards and the values of the critic',
  inputs: 'states that the critic sees',
  values: 'values of the critic',
  returns: 'returns, of rewards and the values of the critic',
}

/** DimaError `not_finite` where there is nothing to learn from. */
export function demandFiniteBatch(batch: PpoBatch): void {
  for (const [name, words] of Object.entries(ORIGIN) as [keyof typeof ORIGIN, string][]) {
    const lost = firstNonFinite(batch[name])
    if (lost < 0) continue
    throw new DimaError('not_finite', `the batch of the policy has ${batch[name][lost]} in the ${words}`, {
      field: name,
      given: String(batch[name][lost]),
    })
  }
}
