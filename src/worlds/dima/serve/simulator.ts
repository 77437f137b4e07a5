// Imagines with a world model's graphs. A rollout: states step by step, then rewards in one causal pass and observations
// in one batch. B rows, H steps, L context, N agents, A action, S state, O observation.
import { DimaError } from '../../../common/errors.ts'
import { cutRows, pasteRows, tensor } from '../../../common/tensors.ts'
import { drawEnds } from '../../ends.ts'
import type { LiveBatch, LiveResults } from '../../live.ts'
import { rowKeys } from '../../noise.ts'
import type { Rollout, Trajectories } from '../../rollout.ts'
import type { Begun, Starts } from '../../starts.ts'
import { lettersOf, type Simulator } from '../../world.ts'
import { type ClosedLoopSteps, imagineClosedLoop } from './closed-loop.ts'
import { LiveStepper } from './live-step.ts'
import type { DimaSpec } from './manifest.ts'
import { observe } from './observe.ts'
import { imagineOpenLoop } from './open-loop.ts'
import { environmentUnits, normalised, scaledStarts } from './scaling.ts'
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
  async begin(starts: Starts): Promise<Begun> {
    const { L, S } = lettersOf(this.spec)
    const carried = scaledStarts(this.spec, { ...starts, horizon: 0 })
    const latest = cutRows(carried, starts.batch, (L - 1) * S, S)
    return { observations: await observe(this.graphs.decode, this.spec, latest), carried }
  }

  step(batch: LiveBatch): Promise<LiveResults> {
    return this.stepper.step(batch)
  }

  async rollout(rollout: Rollout): Promise<Trajectories> {
    const began = performance.now()
    const { batch: B, horizon: H } = rollout
    const { L, S } = lettersOf(this.spec)
    const keys = rowKeys(rollout, L)
    const { x, actions, closed } = await this.imagine(rollout, keys)
    const imagined = cutRows(x, B, L * S, H * S) // [B, H, S]
    const before = cutRows(x, B, (L - 1) * S, H * S) // s_t, the states the actions are taken in
    const { rewards, terminationProbabilities } = await this.judge(B, before, actions)
    return {
      states: environmentUnits(this.spec, imagined),
      observations: closed
        ? await this.seenAfter(closed.seen, B, H, imagined)
        : await observe(this.graphs.decode, this.spec, imagined),
      rewards,
      terminationProbabilities,
      ...drawEnds(terminationProbabilities, keys, rollout),
      ...(closed ? { actions } : {}),
      ...(closed && rollout.policy?.learning ? { drawn: drawnActions(closed) } : {}),
      computeMs: performance.now() - began,
    }
  }

  /** x [B, L + H, S] and the actions taken [B, H, N, A]. */
  private async imagine(rollout: Rollout, keys: Uint32Array): Promise<Imagined> {
    const { spec, graphs } = this
    if (!rollout.policy)
      return { x: await imagineOpenLoop(spec, graphs, rollout, keys), actions: rollout.actions }
    if (!graphs.policy) throw new DimaError('no_policy', 'the model has no policy', { field: 'policy' })
    const loop = { policy: graphs.policy, acting: rollout.policy }
    const closed = await imagineClosedLoop(spec, graphs, rollout, keys, loop)
    return { x: closed.x, actions: closed.actions, closed }
  }

  /** Observations of the imagined states [B, H, N, O]: the policy has seen all but the last already. */
  private async seenAfter(seen: Float32Array, B: number, H: number, imagined: Float32Array) {
    const { S } = lettersOf(this.spec)
    const view = seen.length / (B * H)
    const observations = new Float32Array(seen.length)
    pasteRows(observations, B, 0, cutRows(seen, B, view, (H - 1) * view))
    const last = await observe(this.graphs.decode, this.spec, cutRows(imagined, B, (H - 1) * S, S))
    pasteRows(observations, B, (H - 1) * view, last)
    return observations
  }

  /** Rewards and end probabilities [B, H] from one causal pass over (s_t, a_t), padded to the trained horizon. */
  private async judge(B: number, states: Float32Array, actions: Float32Array) {
    const { N, A, S } = lettersOf(this.spec)
    const H = states.length / (B * S)
    const padded = (data: Float32Array, ...shape: number[]) => {
      const whole = tensor([B, this.spec.horizon, ...shape])
      pasteRows(whole.data, B, 0, data)
      return whole
    }
    const out = await this.graphs.reward.run({
      states: padded(normalised(this.spec, states), S),
      actions: padded(actions, N, A),
    })
    return {
      rewards: cutRows(out.rewards!.data, B, 0, H),
      terminationProbabilities: endProbabilities(
        this.spec,
        cutRows(out.termination_probabilities!.data, B, 0, H),
      ),
    }
  }
}

interface Imagined {
  x: Float32Array
  actions: Float32Array
  /** with a policy in the loop */
  closed?: ClosedLoopSteps
}

const drawnActions = ({ seen, logProbabilities }: ClosedLoopSteps) => ({
  observations: seen,
  logProbabilities,
})
