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
import { areExact } from './observations.ts'
import { observe, perceived } from './observe.ts'
import { OneCallStep, type StepInputs, type Stepped } from './one-call-step.ts'
import { expandPlan, type Level, type PlanRequest } from './plan.ts'
import { RewardCache } from './reward-cache.ts'
import type { WindowJudge } from './reward-windows.ts'
import { samplerOf } from './sampler.ts'
import { environmentUnits, normalised } from './scaling.ts'
import { type DimaGraphs, endProbabilities } from './spec.ts'
import { WholeWindows } from './whole-windows.ts'

export class LiveStepper {
  private readonly spec: DimaSpec
  private readonly graphs: DimaGraphs
  private readonly rewards: WindowJudge
  private readonly oneCall: OneCallStep | undefined

  constructor(spec: DimaSpec, graphs: DimaGraphs) {
    this.spec = spec
    this.graphs = graphs
    this.rewards = judgeOf(spec, graphs)
    this.oneCall = graphs.step && new OneCallStep(graphs.step, spec)
  }

  /** Carries the next states, [M, S] x. */
  async step(batch: LiveBatch): Promise<LiveResults> {
    const began = performance.now()
    const { carried, observations, judged } = await this.computed(batch)
    const states = environmentUnits(this.spec, carried)
    const probabilities = endProbabilities(this.spec, judged.probabilities)
    return {
      carried,
      states,
      observations: areExact(batch.choice)
        ? await perceived(this.graphs.perceive!, this.spec, states)
        : observations!,
      rewards: judged.rewards,
      terminationProbabilities: probabilities,
      terminations: drawStepEnds(probabilities, batch),
      computeMs: performance.now() - began,
    }
  }

  private computed(batch: LiveBatch): Promise<Stepped> {
    const { L, S, N, A } = lettersOf(this.spec)
    const M = batch.keys.length
    const turns = batch.turns as TurnColumns
    const levels = expandPlan(batch.choice as PlanRequest, N, this.spec.sampling)
    const inputs = {
      noise: tensor([M, S], stepStreams(batch).normals(S)),
      context: tensor([M, L, S], turns.windows),
      actions: tensor([M, L, N, A], turns.actions),
      windows: this.windowsOf(batch, turns),
    }
    return this.oneCall?.takes(levels, M)
      ? this.oneCall.step(levels, inputs)
      : this.callByCall(levels, inputs, !areExact(batch.choice))
  }

  private async callByCall(levels: Level[], inputs: StepInputs, decoding: boolean): Promise<Stepped> {
    const { noise: x, context, actions, windows } = inputs
    const embeddings = await new ActionEmbedder(this.graphs.embed, levels).embed(actions)
    await samplerOf(this.spec, this.graphs, levels, x.shape[0]!).sample(x, context, embeddings)
    const observations = decoding ? await observe(this.graphs.decode, this.spec, x.data) : undefined
    return { carried: x.data, observations, judged: await this.rewards.judge(windows) }
  }

  private windowsOf({ ids }: LiveBatch, { lengths, rewardStates, rewardActions }: TurnColumns) {
    const total = lengths.reduce((sum, length) => sum + length, 0)
    return { ids, lengths, total, states: normalised(this.spec, rewardStates), actions: rewardActions }
  }
}

/** By the policy of the device that the graphs were opened on. */
const judgeOf = (spec: DimaSpec, { reward, rewardStep }: DimaGraphs): WindowJudge =>
  (reward.policy ?? CPU).rewardCache
    ? new RewardCache(rewardStep, spec.horizon)
    : new WholeWindows(reward, spec)
