// Imagines with a world model's graphs. A rollout: states step by step, then rewards in one causal pass and observations
// in one batch. B rows, H steps, L context, N agents, A action, S state, O observation.
import { cutRows, pasteRows, type Tensor, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { type Leanings, noPolicy, type SeenBatch } from '../../acting.ts'
import { drawEnds } from '../../ends.ts'
import type { LiveBatch, LiveResults } from '../../live.ts'
import { rowKeys } from '../../noise.ts'
import type { Rollout, Trajectories } from '../../rollout.ts'
import type { Begun, Starts } from '../../starts.ts'
import { lettersOf, type Simulator, type Taken } from '../../world.ts'
import { type ClosedLoopSteps, imagineClosedLoop } from './closed-loop.ts'
import type { ImaginedStates } from './imagined-states.ts'
import { LiveStepper } from './live-step.ts'
import type { DimaSpec } from './manifest.ts'
import type { TurnColumns } from './memory.ts'
import { areExact } from './observations.ts'
import { decoded, observe, perceived } from './observe.ts'
import { imagineOpenLoop } from './open-loop.ts'
import { latestOf, latestStates, scaledStarts, standardised } from './scaling.ts'
import { type DimaGraphs, endProbabilities } from './spec.ts'

export class DimaSimulator implements Simulator {
  readonly spec: DimaSpec
  readonly graphs: DimaGraphs
  private readonly stepper: LiveStepper

  constructor(spec: DimaSpec, graphs: DimaGraphs) {
    this.spec = spec
    this.graphs = graphs
    this.stepper = new LiveStepper(spec, graphs)
  }

  /** Carries the scaled start windows, [B, L, S] x. */
  async begin(starts: Starts, choice: unknown): Promise<Begun> {
    const { spec, graphs } = this
    const carried = scaledStarts(spec, starts)
    const observations = areExact(choice)
      ? await perceived(graphs.perceive!, spec, latestStates(spec, starts))
      : await observe(graphs.decode, spec, latestOf(spec, carried))
    return { observations, carried }
  }

  step(batch: LiveBatch): Promise<LiveResults> {
    return this.stepper.step(batch)
  }

  /** It is shown decoded observations of sessions, as it learned on them. */
  async act({ observations, turns }: SeenBatch): Promise<Leanings> {
    const began = performance.now()
    const { spec } = this
    const policy = this.policy()
    const { N, O } = lettersOf(spec)
    const seen = turns
      ? await observe(this.graphs.decode, spec, latestOf(spec, (turns as TurnColumns).windows))
      : observations
    const out = await policy.run({ observations: tensor([seen.length / (N * O), N, O], seen) })
    return { mean: out.mean!.data, std: out.std!.data, computeMs: performance.now() - began }
  }

  /** In states [M, S] of which nothing else is known: it is shown what the decoder makes of them. */
  async lean(states: Float64Array): Promise<Leanings> {
    const { spec, graphs } = this
    return this.act({ observations: await decoded(graphs.decode, spec, standardised(spec, states)) })
  }

  async rollout(rollout: Rollout): Promise<Trajectories> {
    const began = performance.now()
    const keys = rowKeys(rollout, this.spec.context)
    const { imagined, actions, closed } = await this.imagine(rollout, keys)
    const { rewards, terminationProbabilities } = await this.judge(rollout, imagined.before, actions)
    return {
      states: imagined.states,
      observations: await this.observed(imagined, rollout.choice, closed),
      rewards,
      terminationProbabilities,
      ...drawEnds(terminationProbabilities, keys, rollout),
      ...(closed ? { actions } : {}),
      ...(closed && rollout.policy?.learning ? { drawn: drawnActions(closed) } : {}),
      computeMs: performance.now() - began,
    }
  }

  /** [B, H, N, O]. A policy was shown decoded ones whatever is chosen: it learned on them. */
  private async observed(
    { states, after }: ImaginedStates,
    choice: unknown,
    closed: ClosedLoopSteps | undefined,
  ): Promise<Float32Array> {
    const { spec, graphs } = this
    if (areExact(choice)) return perceived(graphs.perceive!, spec, states)
    return closed?.observations ?? decoded(graphs.decode, spec, after)
  }

  async rewards({ batch, horizon, states, actions }: Taken): Promise<Float32Array> {
    const before = widened(standardised(this.spec, states), batch, this.spec.horizon / horizon)
    return (await this.judge({ batch, horizon }, before, actions)).rewards
  }

  private policy(): GraphSession {
    if (this.graphs.policy) return this.graphs.policy
    throw noPolicy()
  }

  /** The states and the actions taken [B, H, N, A]. */
  private async imagine(rollout: Rollout, keys: Uint32Array): Promise<Imagined> {
    const { spec, graphs } = this
    if (!rollout.policy)
      return { imagined: await imagineOpenLoop(spec, graphs, rollout, keys), actions: rollout.actions }
    const loop = { policy: this.policy(), acting: rollout.policy }
    const closed = await imagineClosedLoop(spec, graphs, rollout, keys, loop)
    return { imagined: closed.imagined, actions: closed.actions, closed }
  }

  /**
   * Rewards and end probabilities [B, H] from one causal pass over (s_t, a_t), padded to the trained horizon P.
   * @param before [B, P, S]
   * @param actions [B, H, N, A]
   */
  private async judge(
    { batch: B, horizon: H }: Pick<Rollout, 'batch' | 'horizon'>,
    before: Float32Array,
    actions: Float32Array,
  ) {
    const { N, A, S } = lettersOf(this.spec)
    const P = this.spec.horizon
    const out = await this.graphs.reward.run({
      states: tensor([B, P, S], before),
      actions: tensor([B, P, N, A], widened(actions, B, P / H)),
    })
    const answered = ({ data }: Tensor) => (P === H ? data : cutRows(data, B, 0, H))
    return {
      rewards: answered(out.rewards!),
      terminationProbabilities: endProbabilities(this.spec, answered(out.termination_probabilities!)),
    }
  }
}

/** Rows that are so many times as long, with zeros; the array itself where nothing is added. */
function widened(data: Float32Array, rows: number, times: number): Float32Array {
  if (times === 1) return data
  const whole = new Float32Array(Math.round(data.length * times))
  pasteRows(whole, rows, 0, data)
  return whole
}

interface Imagined {
  imagined: ImaginedStates
  actions: Float32Array
  /** with a policy in the loop */
  closed?: ClosedLoopSteps
}

const drawnActions = ({ seen, logProbabilities }: ClosedLoopSteps) => ({
  observations: seen,
  logProbabilities,
})
