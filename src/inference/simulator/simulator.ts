// Imagines open-loop rollouts with a world model's four graphs. All actions are known at the start, so actions are
// embedded in one batch, rewards come from one causal pass and states are decoded in one batch; only the small U-Net
// is sequential. B rows, H steps, L context, N agents, A action, S state, O observation.
import { cutRows, tensor } from '../../common/tensors.ts'
import type { GraphName } from '../../registry/load.ts'
import { openSession, type SessionOptions } from '../session.ts'
import { embedActions } from './action-embedding.ts'
import { endDraw, startKeys, stepNoise } from './noise.ts'
import { expandPlan } from './plan.ts'
import type { Rollout, Trajectories } from './rollout.ts'
import { sampleNext } from './sampler.ts'
import { environmentUnits, normalised, scaledStarts } from './scaling.ts'
import { GRAPH_NAMES, type Graphs, lettersOf, type SimulatorSpec } from './spec.ts'

export class Simulator {
  readonly spec: SimulatorSpec
  private readonly graphs: Graphs

  constructor(spec: SimulatorSpec, graphs: Graphs) {
    this.spec = spec
    this.graphs = graphs
  }

  static async open(
    spec: SimulatorSpec,
    read: (name: GraphName) => Promise<Uint8Array>,
    options?: SessionOptions,
  ): Promise<Simulator> {
    const opened = await Promise.all(
      GRAPH_NAMES.map(async (name) => [name, await openSession(await read(name), options)]),
    )
    return new Simulator(spec, Object.fromEntries(opened) as Graphs)
  }

  async close(): Promise<void> {
    for (const name of GRAPH_NAMES) await this.graphs[name].release()
  }

  async rollout(rollout: Rollout): Promise<Trajectories> {
    const began = performance.now()
    const { batch: B, horizon: H, seed } = rollout
    const { L, S } = lettersOf(this.spec)
    const keys = startKeys(rollout, L)
    const x = await this.imagine(rollout, keys)
    const imagined = cutRows(x, B, L * S, H * S) // [B, H, S]
    const before = cutRows(x, B, (L - 1) * S, H * S) // s_t, the states the actions are taken in
    const { rewards, terminationProbabilities } = await this.judge(rollout, before)
    return {
      states: environmentUnits(this.spec, imagined),
      observations: await this.observe(B * H, imagined),
      rewards,
      terminationProbabilities,
      ...drawEnds(terminationProbabilities, keys, seed, H),
      computeMs: performance.now() - began,
    }
  }

  /** The start windows followed by the imagined states, scaled: x [B, L + H, S]. */
  private async imagine(rollout: Rollout, keys: Uint32Array): Promise<Float32Array> {
    const { batch: B, horizon: H, seed } = rollout
    const { L, S, N } = lettersOf(this.spec)
    const levels = expandPlan(rollout.plan, N, this.spec.sampling)
    const embeddings = await embedActions(this.graphs.embed, this.spec, rollout, levels)
    const x = scaledStarts(this.spec, rollout)
    for (let t = 0; t < H; t++) {
      const next = await sampleNext(this.graphs.denoise, levels, {
        batch: B,
        noise: stepNoise(seed, keys, t, S),
        context: cutRows(x, B, t * S, L * S),
        embedding: (visible) => embeddings(visible, t),
      })
      for (let row = 0; row < B; row++) {
        x.set(next.subarray(row * S, (row + 1) * S), (row * (L + H) + L + t) * S)
      }
    }
    return x
  }

  /** Rewards and end probabilities [B, H] from one causal pass over (s_t, a_t), padded to the trained horizon. */
  private async judge({ batch: B, horizon: H, actions }: Rollout, states: Float32Array) {
    const { N, A, S } = lettersOf(this.spec)
    const full = this.spec.horizon
    const padded = (data: Float32Array, ...shape: number[]) => {
      const whole = tensor([B, full, ...shape])
      const width = data.length / B
      const stride = whole.data.length / B
      for (let row = 0; row < B; row++)
        whole.data.set(data.subarray(row * width, (row + 1) * width), row * stride)
      return whole
    }
    const out = await this.graphs.reward.run({
      states: padded(normalised(this.spec, states), S),
      actions: padded(actions, N, A),
    })
    return {
      rewards: cutRows(out.rewards!.data, B, 0, H),
      terminationProbabilities: cutRows(out.termination_probabilities!.data, B, 0, H),
    }
  }

  /** States [count, S] -> decoded observations [count, N, O]. */
  private async observe(count: number, x: Float32Array): Promise<Float32Array> {
    const states = tensor([count, x.length / count], normalised(this.spec, x))
    return (await this.graphs.decode.run({ states })).observations!.data
  }
}

/** Draws the end of each step from its probability (dima.md 3: the head is sampled). */
function drawEnds(probabilities: Float32Array, keys: Uint32Array, seed: number, H: number) {
  const terminations = new Uint8Array(probabilities.length)
  const lengths = new Int32Array(keys.length).fill(H)
  for (let row = 0; row < keys.length; row++) {
    for (let t = H - 1; t >= 0; t--) {
      if (endDraw(seed, keys[row]!, t) >= probabilities[row * H + t]!) continue
      terminations[row * H + t] = 1
      lengths[row] = t + 1
    }
  }
  return { terminations, lengths }
}
