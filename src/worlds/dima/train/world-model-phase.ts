// An epoch's updates of the world model: its three networks side by side, each in its own order. While a lane computes
// a call the batches of the next one are drawn here, so that neither waits for the other.

import { Rng } from '../../../common/rng.ts'
import type { Feeds } from '../../../common/tensors.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import { batchAt, emptyBatches } from '../../../learning/call-batches.ts'
import type { Lanes } from '../../../learning/lanes/lanes.ts'
import { Turns } from '../../../learning/lanes/turns.ts'
import type { MetricLine } from '../../../learning/learner.ts'
import type { WorldModelHyperparameters } from './hyperparameters.ts'
import { NETWORK_NAMES, type NetworkName } from './world-model.ts'
import type { WorldModelBatches } from './world-model-batches.ts'

/** A line of metrics every this many updates, and at the end of every epoch. */
const LOG_EVERY = 50

export interface WorldModelPhase {
  lanes: Lanes
  draw: WorldModelBatches['draw']
  inputs: WorldModelBatches['inputs']
  hyperparameters: WorldModelHyperparameters
  seed: number
  data: Data
  epoch: number
  /** updates that learners take in a call */
  stepsPerCall: number
  /** times that all updates of an epoch are made */
  rounds: number
  /** learning rate of an update (0 for the run's first) at a share of this epoch */
  rate(name: NetworkName, update: number, epochShare: number): number
  /** after every update, with the share of the phase that is done; 0 until every network has made an update */
  onUpdate(name: NetworkName, loss: number, share: number): void
  signal?: AbortSignal | undefined
}

/** Lines of metrics, network by network. Where one of them fails the others end after the update at hand. */
export async function trainWorldModel(phase: WorldModelPhase): Promise<MetricLine[]> {
  const failed = new AbortController()
  const signal = phase.signal ? AbortSignal.any([phase.signal, failed.signal]) : failed.signal
  const { lanes, hyperparameters, rounds } = phase
  const updates = NETWORK_NAMES.map((name) => [name, hyperparameters[name].updatesPerEpoch * rounds] as const)
  const turns = new Turns(lanes, Object.fromEntries(updates))
  const clock = new ShareClock(turns)
  const lines = updates.map(async ([name, count]) => {
    try {
      return await trainNetwork({ ...phase, signal, turns, clock }, name, count)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  await Promise.allSettled(lines)
  failed.signal.throwIfAborted()
  return (await Promise.all(lines)).flat()
}

/** Of a phase that is under way. */
interface UnderWay extends WorldModelPhase {
  turns: Turns
  clock: ShareClock
}

async function trainNetwork(phase: UnderWay, name: NetworkName, updates: number): Promise<MetricLine[]> {
  const { epoch, signal, turns, clock } = phase
  const learner = phase.lanes.learner(name)
  const calls = drawCalls(phase, name, learner.updates, updates)
  const lines: MetricLine[] = []
  let made = 0
  let next = calls.next()
  while (!next.done && !signal?.aborted) {
    const { batches, rates } = next.value
    const metrics = await turns.take(name, rates.length, () => {
      if (signal?.aborted) return Promise.resolve([])
      const taking = learner.stepMany(batches, rates)
      taking.catch(() => {}) // it is awaited by `turns`, unless drawing fails first
      next = calls.next() // drawn while the lane computes
      return taking
    })
    for (const [k, one] of metrics.entries()) {
      phase.onUpdate(name, one.loss!, clock.share)
      const update = learner.updates - rates.length + k + 1
      if (++made % LOG_EVERY === 0 || made === updates)
        lines.push({ epoch, network: name, update, learning_rate: rates[k]!, ...one })
    }
  }
  return lines
}

/** How much of the phase is done: by time, since networks differ in what an update takes. */
class ShareClock {
  private readonly began = performance.now()
  private readonly turns: Turns

  constructor(turns: Turns) {
    this.turns = turns
  }

  /** 0 until it can be told */
  get share(): number {
    const elapsed = (performance.now() - this.began) / 1000
    const share = elapsed / (elapsed + this.turns.secondsLeft)
    return Number.isNaN(share) ? 0 : share
  }
}

interface Call {
  /** [K, ...] each */
  batches: Feeds
  /** learning rates, K */
  rates: number[]
}

/**
 * The batches of a network's calls, in order, each drawn when it is asked for: who asks before the call at hand has
 * ended has them ready. One that is drawn and never taken has counted its visits, so a phase that was cut short must not
 * be saved.
 * @param first number of the first update, 0 for the first of the run
 */
function* drawCalls(
  phase: WorldModelPhase,
  name: NetworkName,
  first: number,
  updates: number,
): Generator<Call, void> {
  const { stepsPerCall } = phase
  for (let i = 0; i < updates; ) {
    const count = i + stepsPerCall <= updates ? stepsPerCall : 1
    yield drawCall(phase, name, {
      first: first + i,
      shares: Array.from({ length: count }, (_, k) => (i + k) / updates),
    })
    i += count
  }
}

/** @param shares of this epoch's updates that lie behind each of the call's, whose first is `first` of the run's */
function drawCall(
  { draw, inputs, seed, data, rate }: WorldModelPhase,
  name: NetworkName,
  { first, shares }: { first: number; shares: readonly number[] },
): Call {
  const batches = emptyBatches(inputs[name], shares.length)
  const rates = shares.map((share, k) => {
    draw[name](data, new Rng(seed, name, first + k), batchAt(batches, k))
    return rate(name, first + k, share)
  })
  return { batches, rates }
}
