// Imagines states with a policy in the loop: each step's state is decoded into what the agents see, the policy acts on
// it, and the next state is sampled. So actions can only be embedded step by step.
import { drawn, logDensity } from '../../../common/gaussian-draw.ts'
import { cutRows, pasteRows, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { stepNoise } from '../../noise.ts'
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import { actionTimeline, embedLevels } from './action-embedding.ts'
import type { DimaSpec } from './manifest.ts'
import { observe } from './observe.ts'
import { expandPlan, type PlanRequest } from './plan.ts'
import { sampleNext } from './sampler.ts'
import { scaledStarts } from './scaling.ts'
import type { DimaGraphs } from './spec.ts'

export interface ClosedLoop {
  policy: GraphSession
  acting: NonNullable<Rollout['policy']>
}

export interface ClosedLoopSteps {
  /** [B, L + H, S] as in open-loop.ts */
  x: Float32Array
  /** [B, H, N, A] the actions taken */
  actions: Float32Array
  /** [B, H, N, O] what the policy saw: the start, decoded, then each imagined state but the last */
  seen: Float32Array
  /** [B, H, N] log-densities of the policy's actions */
  logProbabilities: Float32Array
}

export async function imagineClosedLoop(
  spec: DimaSpec,
  graphs: DimaGraphs,
  rollout: Rollout,
  keys: Uint32Array,
  { policy, acting }: ClosedLoop,
): Promise<ClosedLoopSteps> {
  const { batch: B, horizon: H } = rollout
  const { L, N, A, S } = lettersOf(spec)
  const joint = N * A
  const view = N * spec.observation.length
  const levels = expandPlan(rollout.choice as PlanRequest, N, spec.sampling)
  const x = scaledStarts(spec, rollout)
  const timeline = actionTimeline(spec, rollout)
  const seen = new Float32Array(B * H * view)
  const logProbabilities = new Float32Array(B * H * N)
  for (let t = 0; t < H; t++) {
    const given = cutRows(timeline, B, (L - 1 + t) * joint, joint)
    const observations = await observe(graphs.decode, spec, cutRows(x, B, (L - 1 + t) * S, S))
    const noise = acting.mode === 'sample' ? stepNoise(rollout, keys, t, joint, 'policy') : undefined
    const turn = await act(policy, spec, acting, { given, seen: observations, noise })
    pasteRows(seen, B, t * view, observations)
    pasteRows(logProbabilities, B, t * N, turn.logProbabilities)
    pasteRows(timeline, B, (L - 1 + t) * joint, turn.actions)
    const windows = tensor([B, L, N, A], cutRows(timeline, B, t * joint, L * joint))
    const next = await sampleNext(graphs.denoise, levels, {
      batch: B,
      noise: stepNoise(rollout, keys, t, S),
      context: cutRows(x, B, t * S, L * S),
      embedding: await embedLevels(graphs.embed, windows, levels),
    })
    pasteRows(x, B, (L + t) * S, next)
  }
  return { x, actions: cutRows(timeline, B, (L - 1) * joint, H * joint), seen, logProbabilities }
}

interface Turn {
  given: Float32Array // [B, N, A]
  seen: Float32Array // [B, N, O]
  noise: Float32Array | undefined // [B, N, A]; absent: the mean
}

/**
 * The joint actions of one step: the policy's for the agents it acts for, the given ones for the others. Entries that an
 * agent has no actuator for stay 0. Actions [B, N, A] and log-densities [B, N], 0 for agents whose action was given.
 */
async function act(
  policy: GraphSession,
  { agents, action, observation }: DimaSpec,
  { agents: acts, learning = false }: ClosedLoop['acting'],
  { given, seen, noise }: Turn,
) {
  const [N, A] = [agents.length, action.dimension]
  const batch = given.length / (N * A)
  const { mean, std } = await policy.run({ observations: tensor([batch, N, observation.length], seen) })
  const [low, high] = learning
    ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    : [action.low, action.high]
  const logProbabilities = new Float32Array(batch * N)
  const actions = given.map((own, i) => {
    const agent = Math.floor(i / A) % N
    if (!acts[agent]) return own
    if (i % A >= agents[agent]!.actuators.length) return 0
    const z = noise?.[i] ?? 0
    logProbabilities[Math.floor(i / A)]! += logDensity(std!.data[i]!, z)
    return Math.min(high, Math.max(low, drawn(mean!.data[i]!, std!.data[i]!, z)))
  })
  return { actions, logProbabilities }
}
