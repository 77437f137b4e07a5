// One step of many live sessions at once, each at its own place in its own episode. The same graphs, plans and random
// numbers as a rollout: a session gives the trajectory that the rollout of its actions gives.
import { tensor } from '../../../common/tensors.ts'
import { endDraw, rowNoise } from '../../noise.ts'
import type { PlanRequest } from '../../rollout.ts'
import { embedLevels } from './action-embedding.ts'
import type { LiveBatch, LiveResults } from './live-batch.ts'
import { observe } from './observe.ts'
import { expandPlan } from './plan.ts'
import { RewardCache } from './reward-cache.ts'
import { sampleNext } from './sampler.ts'
import { environmentUnits, normalised } from './scaling.ts'
import { endProbabilities, type Graphs, lettersOf, type SimulatorSpec } from './spec.ts'

export class LiveStepper {
  private readonly spec: SimulatorSpec
  private readonly graphs: Graphs
  private readonly cache: RewardCache

  constructor(spec: SimulatorSpec, graphs: Graphs) {
    this.spec = spec
    this.graphs = graphs
    this.cache = new RewardCache(graphs.rewardStep, spec.horizon)
  }

  async step(batch: LiveBatch, plan: PlanRequest): Promise<LiveResults> {
    const began = performance.now()
    const next = await this.imagine(batch, plan)
    const observations = await this.observe(next)
    const judged = await this.judge(batch)
    const probabilities = endProbabilities(this.spec, judged.probabilities)
    return {
      next,
      states: environmentUnits(this.spec, next),
      observations,
      rewards: judged.rewards,
      terminationProbabilities: probabilities,
      terminations: drawEnds(batch, probabilities),
      computeMs: performance.now() - began,
    }
  }

  /** x [count, S] -> observations [count, N, O]. */
  observe(x: Float32Array): Promise<Float32Array> {
    return observe(this.graphs.decode, this.spec, x)
  }

  /** The next states x [M, S]. */
  private async imagine(batch: LiveBatch, plan: PlanRequest): Promise<Float32Array> {
    const { L, S, N, A } = lettersOf(this.spec)
    const M = batch.ids.length
    const levels = expandPlan(plan, N, this.spec.sampling)
    const windows = tensor([M, L, N, A], batch.actions)
    return sampleNext(this.graphs.denoise, levels, {
      batch: M,
      noise: rowNoise(batch.seeds, batch.keys, batch.steps, S),
      context: batch.windows,
      embedding: await embedLevels(this.graphs.embed, windows, levels),
    })
  }

  private judge({ ids, lengths, rewardStates, rewardActions }: LiveBatch) {
    const total = lengths.reduce((sum, length) => sum + length, 0)
    const states = normalised(this.spec, rewardStates)
    return this.cache.judge({ ids, lengths, total, states, actions: rewardActions })
  }
}

function drawEnds({ seeds, keys, steps }: LiveBatch, probabilities: Float32Array): Uint8Array {
  return Uint8Array.from(probabilities, (probability, row) =>
    endDraw(seeds[row]!, keys[row]!, steps[row]!) < probability ? 1 : 0,
  )
}
