// Imagines states with the bundle's policy in the loop: each step's state is decoded into what the agents see, the policy
// acts on it, and the next state is sampled. So actions can only be embedded step by step.
import { cutRows, pasteRows, tensor } from '../../common/tensors.ts'
import type { Session } from '../session.ts'
import { actionTimeline, embedLevels } from './action-embedding.ts'
import { stepNoise } from './noise.ts'
import { observe } from './observe.ts'
import { expandPlan } from './plan.ts'
import type { Rollout } from './rollout.ts'
import { sampleNext } from './sampler.ts'
import { scaledStarts } from './scaling.ts'
import { type Graphs, lettersOf, type SimulatorSpec } from './spec.ts'

export interface ClosedLoop {
  policy: Session
  acting: NonNullable<Rollout['policy']>
}

/** The states x [B, L + H, S] as in open-loop.ts, and the actions taken [B, H, N, A]. */
export async function imagineClosedLoop(
  spec: SimulatorSpec,
  graphs: Graphs,
  rollout: Rollout,
  keys: Uint32Array,
  { policy, acting }: ClosedLoop,
): Promise<{ x: Float32Array; actions: Float32Array }> {
  const { batch: B, horizon: H } = rollout
  const { L, N, A, S } = lettersOf(spec)
  const joint = N * A
  const levels = expandPlan(rollout.plan, N, spec.sampling)
  const x = scaledStarts(spec, rollout)
  const timeline = actionTimeline(spec, rollout)
  for (let t = 0; t < H; t++) {
    const given = cutRows(timeline, B, (L - 1 + t) * joint, joint)
    const seen = await observe(graphs.decode, spec, cutRows(x, B, (L - 1 + t) * S, S))
    const noise = acting.mode === 'sample' ? stepNoise(rollout, keys, t, joint, 'policy') : undefined
    pasteRows(
      timeline,
      B,
      (L - 1 + t) * joint,
      await act(policy, spec, acting.agents, { given, seen, noise }),
    )
    const windows = tensor([B, L, N, A], cutRows(timeline, B, t * joint, L * joint))
    const next = await sampleNext(graphs.denoise, levels, {
      batch: B,
      noise: stepNoise(rollout, keys, t, S),
      context: cutRows(x, B, t * S, L * S),
      embedding: await embedLevels(graphs.embed, windows, levels),
    })
    pasteRows(x, B, (L + t) * S, next)
  }
  return { x, actions: cutRows(timeline, B, (L - 1) * joint, H * joint) }
}

interface Turn {
  given: Float32Array // [B, N, A]
  seen: Float32Array // [B, N, O]
  noise: Float32Array | undefined // [B, N, A]; absent: the mean
}

/**
 * The joint actions of one step: the policy's, inside the bounds of the space, for the agents it acts for, the given ones
 * for the others. Entries that an agent has no actuator for stay 0. [B, N, A]
 */
async function act(
  policy: Session,
  { agents, action, observation }: SimulatorSpec,
  acts: boolean[],
  { given, seen, noise }: Turn,
): Promise<Float32Array> {
  const [N, A] = [agents.length, action.dimension]
  const batch = given.length / (N * A)
  const { mean, std } = await policy.run({ observations: tensor([batch, N, observation.length], seen) })
  return given.map((own, i) => {
    const agent = Math.floor(i / A) % N
    if (!acts[agent]) return own
    if (i % A >= agents[agent]!.actuators.length) return 0
    const wanted = mean!.data[i]! + (noise ? std!.data[i]! * noise[i]! : 0)
    return Math.min(action.high, Math.max(action.low, wanted))
  })
}
