// HAPPO (Kuba et al. 2022, arXiv 2109.11251, as HARL runs it): PPO of one agent after another, in random order, each against
// what those before have become. Their changes weight its samples: the factor M is the product of the ratios that their
// actions' probabilities have changed by. The advantage is the same for all.
import { DimaError } from '../../common/errors.ts'
import { firstNonFinite } from '../../common/finite.ts'
import { Rng } from '../../common/rng.ts'
import { deviation, mean } from '../../common/statistics.ts'
import type { Trains } from '../../learning/lanes/trains.ts'
import { actorInputs, criticInputs, demandFiniteBatch, minibatchesOf, type PpoBatch } from '../policy/ppo.ts'
import type { ValueNormaliser } from '../policy/value-normaliser.ts'

export interface TeamLearners {
  actors: readonly Trains[] // by agent
  critic: Trains
  /** Of agent n's actions, by its actor as it is: [R]. */
  logProbabilities(n: number, own: PpoBatch): Promise<Float32Array>
}

export interface SequentialOptions {
  passes: number
  minibatches: number
  learningRate: number
}

type Metrics = Record<string, number>

export interface SequentialUpdate {
  /** agents, the first to learn first */
  order: readonly number[]
  /** [R] after all of them */
  factor: Float32Array
  /** of the last minibatch of each actor, by agent, with its place in the order and the factor that it learned with */
  actors: Metrics[]
  critic: Metrics
}

/**
 * The critic learns meanwhile, with an order of its minibatches of its own.
 * DimaError `not_finite` where there is nothing to learn from.
 */
export async function sequentialUpdate(
  team: TeamLearners,
  batch: PpoBatch,
  options: SequentialOptions,
  normaliser: ValueNormaliser,
  rng: Rng,
): Promise<SequentialUpdate> {
  demandFiniteBatch(batch)
  const order = rng.permutation(batch.agents)
  const criticRng = new Rng(rng.uint32())
  const [actors, critic] = await Promise.all([
    actorsInTurn(team, batch, options, order, rng),
    passesOf(team.critic, batch, options, criticRng, (part) => {
      normaliser.update(part.returns)
      return criticInputs(part, normaliser)
    }),
  ])
  return { order, ...actors, critic }
}

async function actorsInTurn(
  team: TeamLearners,
  batch: PpoBatch,
  options: SequentialOptions,
  order: readonly number[],
  rng: Rng,
): Promise<Pick<SequentialUpdate, 'factor' | 'actors'>> {
  let factor = new Float32Array(batch.samples).fill(1)
  const actors: Metrics[] = []
  for (const [turn, n] of order.entries()) {
    const own = { ...ofAgent(batch, n), factor }
    const before = await team.logProbabilities(n, own)
    const learned = await passesOf(team.actors[n]!, own, options, rng, actorInputs)
    const after = await team.logProbabilities(n, own)
    actors[n] = { ...learned, turn, factor_mean: mean(factor), factor_std: deviation(factor) }
    factor = factor.map((m, r) => m * Math.exp(after[r]! - before[r]!))
    demandFiniteFactor(factor, n)
  }
  return { factor, actors }
}

async function passesOf(
  learner: Trains,
  batch: PpoBatch,
  { passes, minibatches, learningRate }: SequentialOptions,
  rng: Rng,
  inputsOf: (part: PpoBatch) => ReturnType<typeof actorInputs>,
): Promise<Metrics> {
  let last: Metrics = {}
  for (let pass = 0; pass < passes; pass++)
    for (const part of minibatchesOf(batch, minibatches, rng))
      last = await learner.step(inputsOf(part), learningRate)
  return last
}

/** What agent n saw and did, as a batch of one agent. */
function ofAgent(batch: PpoBatch, n: number): PpoBatch {
  const { samples: R, agents: N } = batch
  const own = (values: Float32Array) => {
    const width = values.length / (R * N)
    const picked = new Float32Array(R * width)
    for (let r = 0; r < R; r++)
      picked.set(values.subarray((r * N + n) * width, (r * N + n + 1) * width), r * width)
    return picked
  }
  const [observations, actions] = [own(batch.observations), own(batch.actions)]
  return { ...batch, agents: 1, observations, actions, logProbabilities: own(batch.logProbabilities) }
}

function demandFiniteFactor(factor: Float32Array, n: number): void {
  const lost = firstNonFinite(factor)
  if (lost < 0) return
  const message = `the factor of sample ${lost} is ${factor[lost]} after agent ${n} has learned: try a lower ppo.learningRate (--set) in another --out`
  throw new DimaError('not_finite', message, { field: 'factor', given: String(factor[lost]) })
}
