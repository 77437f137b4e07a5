// Imagines open-loop rollouts with a world model's four graphs. All actions are known at the start, so actions are
// embedded in one batch, rewards come from one causal pass and states are decoded in one batch; only the small U-Net
// is sequential. B rows, H steps, L context, N agents, A action, S state, O observation, E embedding.
import { rows, tensor } from '../common/tensors.ts'
import type { GraphName } from '../registry/load.ts'
import type { Manifest } from '../registry/manifest.ts'
import { endDraw, startKeys, stepNoise } from './noise.ts'
import { expandPlan, type Level } from './plan.ts'
import type { Rollout, Trajectories } from './rollout.ts'
import { openSession, type Session, type SessionOptions } from './session.ts'

/** What the simulator needs to know of a model; a bundle's manifest has it. */
export type SimulatorSpec = Pick<
  Manifest,
  'agents' | 'action' | 'state' | 'observation' | 'horizon' | 'context' | 'sampling' | 'normalisation'
>
export const GRAPH_NAMES = ['embed', 'denoise', 'decode', 'reward'] as const satisfies GraphName[]
export type Graphs = Record<GraphName, Session>

/** Rows of one embedding call: bounds the Perceiver's memory, about 10 MB a row. */
const EMBED_ROWS = 256

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
  ) {
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
    const keys = startKeys(rollout, this.spec.context)
    const scaled = await this.imagineStates(rollout, keys)
    const { rewards, terminationProbabilities } = await this.judge(rollout, scaled)
    return {
      states: this.denormalise(rollout, scaled),
      observations: await this.observe(rollout, scaled),
      rewards,
      terminationProbabilities,
      ...sampleEnds(terminationProbabilities, keys, rollout.seed, rollout.horizon),
      computeMs: performance.now() - began,
    }
  }

  private get sizes() {
    const { agents, action, state, observation, context } = this.spec
    return { L: context, N: agents.length, A: action.dimension, S: state.length, O: observation.length }
  }

  /** The start windows followed by the imagined states, as the denoiser sees them: x [B, L + H, S]. */
  private async imagineStates(rollout: Rollout, keys: Uint32Array): Promise<Float32Array> {
    const { batch: B, horizon: H, seed } = rollout
    const { L, S, N } = this.sizes
    const levels = expandPlan(rollout.plan, N, this.spec.sampling)
    const embeddings = await this.embedActions(rollout, levels)
    const x = this.scaledStarts(rollout)
    const context = tensor([B, L, S])
    for (let t = 0; t < H; t++) {
      copyWindows(x, context.data, B, (L + H) * S, t * S, L * S)
      const sample = tensor([B, S], stepNoise(seed, keys, t, S))
      for (let i = 0; i < sample.data.length; i++) sample.data[i]! *= levels[0]!.sigma
      await this.sampleStep(sample.data, context, levels, (visible) => embeddings(visible, t))
      for (let row = 0; row < B; row++) {
        x.set(sample.data.subarray(row * S, (row + 1) * S), (row * (L + H) + L + t) * S)
      }
    }
    return x
  }

  /** Euler steps along the plan, in place: x <- x + (x - D)/sigma (next - sigma); the last step is D itself. */
  private async sampleStep(
    x: Float32Array, // [B, S]
    context: { data: Float32Array; shape: number[] }, // [B, L, S]
    levels: Level[],
    embedding: (visible: number[]) => Float32Array, // [B, E]
  ): Promise<void> {
    const B = context.shape[0]!
    for (const { sigma, next, visible } of levels) {
      const embedded = embedding(visible)
      const { denoised } = await this.graphs.denoise.run({
        noisy: tensor([B, x.length / B], x),
        sigma: tensor([B, 1], new Float32Array(B).fill(sigma)),
        context,
        embedding: tensor([B, embedded.length / B], embedded),
      })
      const keep = next / sigma
      for (let i = 0; i < x.length; i++) x[i] = keep * x[i]! + (1 - keep) * denoised!.data[i]!
    }
  }

  /** Embeds every (visible set, step, row) once; returns the [B, E] block of a set and step. */
  private async embedActions(rollout: Rollout, levels: Level[]) {
    const { batch: B, horizon: H, actions, pastActions, windows: lengths } = rollout
    const { L, N, A } = this.sizes
    const joint = N * A
    const all = new Float32Array(B * (L - 1 + H) * joint) // [B, L-1+H, N, A]
    for (let row = 0; row < B; row++) {
      const padding = L - lengths[row]! // slots before the first real action stay zero
      const past = pastActions.subarray((row * (L - 1) + padding) * joint, (row + 1) * (L - 1) * joint)
      all.set(past, (row * (L - 1 + H) + padding) * joint)
      all.set(actions.subarray(row * H * joint, (row + 1) * H * joint), (row * (L - 1 + H) + L - 1) * joint)
    }
    const windows = tensor([H * B, L, N, A]) // step-major, so that a step's rows are contiguous
    for (let t = 0; t < H; t++) {
      copyWindows(all, windows.data.subarray(t * B * L * joint), B, (L - 1 + H) * joint, t * joint, L * joint)
    }
    const bySet = new Map<string, Float32Array>()
    for (const { visible } of levels) {
      const key = visible.join()
      if (!bySet.has(key)) bySet.set(key, await this.embed(windows, visible))
    }
    return (visible: number[], t: number): Float32Array => {
      const block = bySet.get(visible.join())!
      const width = block.length / H
      return block.subarray(t * width, (t + 1) * width)
    }
  }

  /** windows [R, L, N, A] -> [R, E]; past slots are all visible, the current one as given. */
  private async embed(
    windows: { data: Float32Array; shape: number[] },
    visible: number[],
  ): Promise<Float32Array> {
    const { L, N } = this.sizes
    const count = windows.shape[0]!
    const mask = tensor([Math.min(count, EMBED_ROWS), L, N])
    for (let i = 0; i < mask.data.length; i++) {
      const [slot, agent] = [Math.floor(i / N) % L, i % N]
      mask.data[i] = slot < L - 1 || visible.includes(agent) ? 1 : 0
    }
    const parts: Float32Array[] = []
    for (let from = 0; from < count; from += EMBED_ROWS) {
      const to = Math.min(count, from + EMBED_ROWS)
      const feeds = { actions: rows(windows, from, to), mask: rows(mask, 0, to - from) }
      parts.push((await this.graphs.embed.run(feeds)).embedding!.data)
    }
    return join(parts)
  }

  /** Start windows as x = sigma_d * normalised state, room for H more: [B, L + H, S]; padding is zero. */
  private scaledStarts({ batch: B, horizon: H, states, windows }: Rollout): Float32Array {
    const { L, S } = this.sizes
    const { normalisation, sampling } = this.spec
    const x = new Float32Array(B * (L + H) * S)
    for (let row = 0; row < B; row++) {
      for (let l = L - windows[row]!; l < L; l++) {
        for (let s = 0; s < S; s++) {
          const raw = states[(row * L + l) * S + s]!
          x[(row * (L + H) + l) * S + s] =
            (sampling.sigmaData * (raw - normalisation.mean[s]!)) / normalisation.std[s]!
        }
      }
    }
    return x
  }

  /** Rewards and end probabilities from one causal pass over (s_t, a_t), t < H, padded to the trained horizon. */
  private async judge({ batch: B, horizon: H, actions }: Rollout, x: Float32Array) {
    const { L, N, A, S } = this.sizes
    const full = this.spec.horizon
    const feeds = { states: tensor([B, full, S]), actions: tensor([B, full, N, A]) }
    const scale = 1 / this.spec.sampling.sigmaData
    for (let row = 0; row < B; row++) {
      const from = (row * (L + H) + L - 1) * S // s_t is the state before action t
      for (let i = 0; i < H * S; i++) feeds.states.data[row * full * S + i] = scale * x[from + i]!
      feeds.actions.data.set(actions.subarray(row * H * N * A, (row + 1) * H * N * A), row * full * N * A)
    }
    const out = await this.graphs.reward.run(feeds)
    const rewards = new Float32Array(B * H)
    const terminationProbabilities = new Float32Array(B * H)
    for (let row = 0; row < B; row++) {
      rewards.set(out.rewards!.data.subarray(row * full, row * full + H), row * H)
      const ends = out.termination_probabilities!.data.subarray(row * full, row * full + H)
      terminationProbabilities.set(ends, row * H)
    }
    return { rewards, terminationProbabilities }
  }

  /** Decoded observations of the imagined states: [B, H, N, O]. */
  private async observe({ batch: B, horizon: H }: Rollout, x: Float32Array): Promise<Float32Array> {
    const { L, S } = this.sizes
    const states = tensor([B * H, S])
    const scale = 1 / this.spec.sampling.sigmaData
    for (let row = 0; row < B; row++) {
      const from = (row * (L + H) + L) * S
      for (let i = 0; i < H * S; i++) states.data[row * H * S + i] = scale * x[from + i]!
    }
    return (await this.graphs.decode.run({ states })).observations!.data
  }

  /** Imagined states in environment units: [B, H, S]. */
  private denormalise({ batch: B, horizon: H }: Rollout, x: Float32Array): Float64Array {
    const { L, S } = this.sizes
    const { normalisation, sampling } = this.spec
    const states = new Float64Array(B * H * S)
    for (let row = 0; row < B; row++) {
      for (let i = 0; i < H * S; i++) {
        const [value, s] = [x[(row * (L + H) + L) * S + i]!, i % S]
        states[row * H * S + i] =
          (value / sampling.sigmaData) * normalisation.std[s]! + normalisation.mean[s]!
      }
    }
    return states
  }
}

/** Copies `width` numbers at `offset` of every row of `stride` numbers into consecutive rows. */
function copyWindows(
  from: Float32Array,
  to: Float32Array,
  count: number,
  stride: number,
  offset: number,
  width: number,
) {
  for (let row = 0; row < count; row++) {
    const start = row * stride + offset
    to.set(from.subarray(start, start + width), row * width)
  }
}

function join(parts: Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Draws the end of each step from its probability (dima.md 3: the head is sampled). */
function sampleEnds(probabilities: Float32Array, keys: Uint32Array, seed: number, H: number) {
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
