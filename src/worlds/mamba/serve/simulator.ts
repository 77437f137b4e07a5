// Imagines with a world model of latent states: each step takes actions and latent states to the next ones, and to what is seen
// there, from which the state is recovered. B rows, H steps, L context, N agents, A action, S state, O observation, F numbers of
// a latent state.
import { Streams } from '../../../common/streams.ts'
import { cutRows } from '../../../common/tensors.ts'
import { type Leanings, noPolicy, type SeenBatch } from '../../acting.ts'
import { departuresOf } from '../../departure.ts'
import { drawEnds, drawStepEnds } from '../../ends.ts'
import type { LiveBatch, LiveResults } from '../../live.ts'
import { rolloutStreams, rowKeys, seedsOf, stepStreams } from '../../noise.ts'
import type { Rollout, Trajectories } from '../../rollout.ts'
import { RolloutActor } from '../../rollout-actor.ts'
import type { Begun, Starts } from '../../starts.ts'
import type { Graphs, Simulator, WorldSpec } from '../../world.ts'
import { atFirstSight, settled } from './beginnings.ts'
import { Calls } from './calls.ts'
import type { MambaChoice } from './choices.ts'
import { Imagined } from './imagined.ts'
import { type PerGraph, sizesOf } from './manifest.ts'
import type { TurnColumns } from './memory.ts'

/** Name of the random numbers that an imagined step's classes are drawn by. */
const PURPOSE = 'latent'

export class MambaSimulator implements Simulator {
  private readonly calls: Calls
  private readonly sizes: ReturnType<typeof sizesOf>
  private readonly acts: boolean

  constructor(spec: WorldSpec, graphs: Graphs) {
    this.calls = new Calls(spec, graphs as unknown as PerGraph<Graphs[string]>)
    this.sizes = sizesOf(spec)
    this.acts = graphs.policy !== undefined
  }

  /**
   * Of a start nothing is carried: its classes are drawn with the first step's numbers. Decoded observations are those of
   * classes that are drawn by numbers of the start alone.
   */
  async begin(starts: Starts, choice: unknown): Promise<Begun> {
    const states = this.latest(starts)
    const carried = starts.carried ?? new Float32Array()
    const seen = await this.calls.perceive(states)
    if ((choice as MambaChoice).observations === 'exact') return { observations: seen, carried }
    const latents = starts.carried ?? (await atFirstSight(this.calls, seen))
    return { observations: await this.calls.decode(latents), carried }
  }

  /** Carries the next latent states. */
  async step(batch: LiveBatch): Promise<LiveResults> {
    const began = performance.now()
    const { calls, sizes } = this
    const { actions } = batch.turns as TurnColumns
    const latents = await this.latentsOf(batch.turns as TurnColumns, batch)
    const uniforms = stepStreams(batch).uniforms(sizes.N * sizes.C, [PURPOSE])
    const next = await calls.imagine(actions, latents, uniforms)
    const decoded = await calls.decode(next.latents)
    const states = await calls.recover(decoded)
    return {
      carried: next.latents,
      states,
      observations: await this.shown(batch.choice, states, decoded),
      rewards: next.rewards,
      terminationProbabilities: next.ends,
      terminations: drawStepEnds(next.ends, batch),
      computeMs: performance.now() - began,
    }
  }

  /** In sessions on the latent states that they carry, else on those of the observations alone. */
  async act({ observations, turns, draws }: SeenBatch): Promise<Leanings> {
    const began = performance.now()
    if (!this.acts) throw noPolicy()
    const latents =
      turns && draws
        ? await this.latentsOf(turns as TurnColumns, draws)
        : await atFirstSight(this.calls, observations)
    return { ...(await this.calls.lean(latents)), computeMs: performance.now() - began }
  }

  async rollout(rollout: Rollout): Promise<Trajectories> {
    const began = performance.now()
    if ((rollout.policy || rollout.compared) && !this.acts) throw noPolicy()
    const keys = rowKeys(rollout, this.sizes.L)
    const { imagined, actor } = await this.imagine(rollout, keys)
    const decoded = await this.calls.decode(imagined.reached)
    const states = await this.calls.recover(decoded)
    const { rewards, ends } = imagined
    return {
      states,
      observations: await this.shown(rollout.choice, states, decoded),
      rewards,
      terminationProbabilities: ends,
      ...drawEnds(ends, keys, rollout),
      ...(actor ? { actions: actor.actions } : {}),
      ...(rollout.compared
        ? { departures: await this.departures(imagined, actor?.actions ?? rollout.actions) }
        : {}),
      ...(actor && rollout.policy?.learning
        ? { drawn: { latents: imagined.latents, logProbabilities: actor.logProbabilities } }
        : {}),
      computeMs: performance.now() - began,
    }
  }

  private async imagine(rollout: Rollout, keys: Uint32Array) {
    const { calls } = this
    const { N, A, C } = this.sizes
    const { batch: B, horizon: H, policy } = rollout
    const streams = rolloutStreams(rollout, keys)
    const actor = policy && new RolloutActor(calls.spec, rollout, policy)
    const actions = actor?.actions ?? rollout.actions
    const imagined = new Imagined(this.sizes, rollout, await this.startsOf(rollout, keys))
    for (let t = 0; t < H; t++) {
      actor?.act(t, await calls.lean(imagined.latest), streams)
      const taken = cutRows(actions, B, t * N * A, N * A)
      imagined.add(t, await calls.imagine(taken, imagined.latest, streams.uniforms(N * C, [t, PURPOSE])))
    }
    return { imagined, actor }
  }

  /** [B, H, N] how far actions are from what the policy does there. */
  private async departures(imagined: Imagined, actions: Float32Array): Promise<Float32Array> {
    return departuresOf(this.calls.spec, await this.calls.lean(imagined.before), actions)
  }

  /** [B, N, F] where a rollout begins. */
  private async startsOf(rollout: Rollout, keys: Uint32Array): Promise<Float32Array> {
    if (rollout.carried) return rollout.carried
    return settled(this.calls, rollout, new Streams(seedsOf(rollout), keys, new Uint32Array(keys.length)))
  }

  /** [M, N, F] of sessions, of which some are at a start. */
  private async latentsOf(
    { latents, fresh, ...starts }: TurnColumns,
    { seeds, keys, steps }: Pick<LiveBatch, 'seeds' | 'keys' | 'steps'>,
  ): Promise<Float32Array> {
    if (fresh.length === 0) return latents
    const { N, F } = this.sizes
    const of = (column: Uint32Array) => fresh.map((row) => column[row]!)
    const begun = await settled(this.calls, starts, new Streams(of(seeds), of(keys), of(steps)))
    const all = latents.slice()
    for (const [i, row] of fresh.entries()) all.set(begun.subarray(i * N * F, (i + 1) * N * F), row * N * F)
    return all
  }

  private shown(
    choice: unknown,
    states: Float64Array,
    decoded: Float32Array,
  ): Promise<Float32Array> | Float32Array {
    return (choice as MambaChoice).observations === 'exact' ? this.calls.perceive(states) : decoded
  }

  /** The last state of each window, [B, S]. */
  private latest({ batch: B, states }: Starts): Float64Array {
    const { L, S } = this.sizes
    const last = new Float64Array(B * S)
    for (let row = 0; row < B; row++) {
      const end = (row + 1) * L * S
      last.set(states.subarray(end - S, end), row * S)
    }
    return last
  }
}
