// One step of many live sessions at once, each at its own place in its own episode. The same graphs, plans and random
// numbers as a rollout: a session gives the trajectory that the rollout of its actions gives.
import { tensor } from '../../../common/tensors.ts'
import { CPU } from '../../../engine/device.ts'
import { drawStepEnds } from '../../ends.ts'
import type { LiveBatch, LiveResults } from '../../live.ts'
import { stepStreams } from '../../noise.ts'
import { lettersOf } from '../../world.ts'
import { ActionEmbedder } from './action-embedding.ts'
import type { DimaSpec } from './manifest.ts'
import type { TurnColumns } from './memory.ts'
import { observe } from './observe.ts'
import { expandPlan, type PlanRequest } from './plan.ts'
import { RewardCache } from './reward-cache.ts'
import type { WindowJudge } from './reward-windows.ts'
import { Sampler } from './sampler.ts'
import { environmentUnits, normalised } from './scaling.ts'
import { type DimaGraphs, endProbabilities } from './spec.ts'
import { WholeWindows } from './whole-windows.ts'

export class LiveStepper {
  private readonly spec: DimaSpec
  private readonly graphs: DimaGraphs
  private readonly rewards: WindowJudge

  constructor(spec: DimaSpec, graphs: DimaGraphs) {
    this.spec = spec
    this.graphs = graphs
    this.rewards = judgeOf(spec, graphs)
  }

  /** Carries the next states, [M, S] x. */
  async step(batch: LiveBatch): Promise<LiveResults> {
    const began = performance.now()
    const turns = batch.turns as TurnColumns
    const carried = await this.imagine(batch, turns)
    const observations = await observe(this.graphs.decode, this.spec, carried)
    const judged = await this.judge(batch, turns)
    const probabilities = endProbabilities(this.spec, judged.probabilities)
    return {
      carried,
      states: environmentUnits(this.spec, carried),
      observations,
      rewards: judged.rewards,
      terminationProbabilities: probabilities,
      terminations: drawStepEnds(probabilities, batch),
      computeMs: performance.now() - began,
    }
  }

  /** The next states x [M, S]. */
  private async imagine(batch: LiveBatch, turns: TurnColumns): Promise<Float32Array> {
    const { L, S, N, A } = lettersOf(this.spec)
    const M = batch.keys.length
    const levels = expandPlan(batch.choice as PlanRequest, N, this.spec.sampling)
    const embeddings = await new ActionEmbedder(this.graphs.embed, levels).embed(
      tensor([M, L, N, A], turns.actions),
    )
    const x = tensor([M, S], stepStreams(batch).normals(S))
    const context = tensor([M, L, S], turns.windows)
    await new Sampler(this.graphs.denoise, levels, M).sample(x, context, embeddings)
    return x.data
  }

  private judge({ ids }: LiveBatch, { lengths, rewardStates, rewardActions }: TurnColumns) {
    const total = lengths.reduce((sum, length) => sum + length, 0)
    const states = normalised(this.spec, rewardStates)
    return this.rewards.judge({ ids, lengths, total, states, actions: rewardActions })
  }
}

/** By the policy of the device that the graphs were opened on. */
const judgeOf = (spec: DimaSpec, { reward, rewardStep }: DimaGraphs): WindowJudge =>
  (reward.policy ?? CPU).rewardCache
    ? new RewardCache(rewardStep, spec.horizon)
    : new WholeWindows(reward, spec)
