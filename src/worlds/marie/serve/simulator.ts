// Imagines with a world model of tokens: a Transformer draws the tokens of each agent's next observation, from which the state is
// recovered. B rows, H steps, L context, N agents, A action, S state, O observation, K tokens.
import { cutRows } from '../../../common/tensors.ts'
import { type Leanings, noPolicy, type SeenBatch } from '../../acting.ts'
import { departuresOf } from '../../departure.ts'
import { drawEnds, drawStepEnds } from '../../ends.ts'
import type { LiveBatch, LiveResults } from '../../live.ts'
import { rowKeys, stepStreams } from '../../noise.ts'
import type { Rollout, Trajectories } from '../../rollout.ts'
import { joinRows, splitRows } from '../../rows.ts'
import type { Begun, Starts } from '../../starts.ts'
import type { Graphs, Simulator, WorldSpec } from '../../world.ts'
import { cacheBytes } from './cache.ts'
import { Calls } from './calls.ts'
import type { MarieChoice } from './choices.ts'
import { type History, presentTokens, withoutFilling } from './history.ts'
import { type Imagined, imagine, PURPOSE } from './imagined.ts'
import { LiveCaches } from './live-caches.ts'
import type { PerGraph } from './manifest.ts'
import { historiesOf, type TurnColumns } from './memory.ts'
import { walk } from './walk.ts'

/** Rows of a rollout are imagined side by side as long as their caches have room. */
const ROLLOUT_BYTES = 64 * 1024 * 1024

export class MarieSimulator implements Simulator {
  private readonly calls: Calls
  private readonly caches: LiveCaches
  private readonly acts: boolean
  /** Live steps come one after the other: they share caches. */
  private latest: Promise<unknown> = Promise.resolve()

  constructor(spec: WorldSpec, graphs: Graphs) {
    this.calls = new Calls(spec, graphs as unknown as PerGraph<Graphs[string]>)
    this.caches = new LiveCaches()
    this.acts = graphs.policy !== undefined
  }

  /** Carries the tokens of the last state, or the history of the session that it goes on from. */
  async begin(starts: Starts, choice: unknown): Promise<Begun> {
    const seen = await this.calls.perceive(this.latestStates(starts))
    const carried = starts.carried ?? (await this.calls.encode(seen))
    if ((choice as MarieChoice).observations === 'exact') return { observations: seen, carried }
    return { observations: await this.reconstructed(historiesIn(carried, starts.batch)), carried }
  }

  step(batch: LiveBatch): Promise<LiveResults> {
    const stepped = this.latest.then(() => this.stepAlone(batch))
    this.latest = stepped.catch(() => {}) // whoever asked hears of it
    return stepped
  }

  /** Carries the next tokens. */
  private async stepAlone(batch: LiveBatch): Promise<LiveResults> {
    const began = performance.now()
    const { calls, caches } = this
    const { N, A, K } = calls.sizes
    const turns = batch.turns as TurnColumns
    const uniforms = stepStreams(batch).uniforms(N * K, [PURPOSE])
    const rows = historiesOf(turns).map((history, row) => ({
      ...{ history, cached: caches.of(batch.ids[row]!) },
      actions: turns.actions.subarray(row * N * A, (row + 1) * N * A),
      uniforms: uniforms.subarray(row * N * K, (row + 1) * N * K),
    }))
    const { next, rewards, ends } = await walk(calls, rows)
    caches.forget()
    const { states, observations } = await this.shown(next, batch.choice)
    return {
      ...{ carried: next, states, observations, rewards },
      terminationProbabilities: ends,
      terminations: drawStepEnds(ends, batch),
      computeMs: performance.now() - began,
    }
  }

  /** On what the tokens say: in sessions on those that they carry, else on those of the observations. */
  async act({ observations, turns }: SeenBatch): Promise<Leanings> {
    if (!this.acts) throw noPolicy()
    if (turns) return this.calls.lean(await this.reconstructed(historiesOf(turns as TurnColumns)))
    return this.calls.lean(await this.calls.decode(await this.calls.encode(observations)))
  }

  async lean(states: Float64Array): Promise<Leanings> {
    return this.act({ observations: await this.calls.perceive(states) })
  }

  async rollout(rollout: Rollout): Promise<Trajectories> {
    if ((rollout.policy || rollout.compared) && !this.acts) throw noPolicy()
    const together = Math.max(1, Math.floor(ROLLOUT_BYTES / cacheBytes(this.calls.sizes)))
    const parts: Trajectories[] = []
    for (const part of splitRows(rollout, together)) parts.push(await this.rolloutOf(part))
    return joinRows(parts)
  }

  private async rolloutOf(rollout: Rollout): Promise<Trajectories> {
    const began = performance.now()
    const { calls } = this
    const keys = rowKeys(rollout, calls.sizes.L)
    const starts = await this.startsOf(rollout)
    const imagined = await imagine(calls, rollout, keys, starts)
    const { rewards, ends, actor } = imagined
    const shown = await this.shown(imagined.tokens, rollout.choice)
    return {
      ...shown,
      rewards,
      terminationProbabilities: ends,
      ...drawEnds(ends, keys, rollout),
      ...(actor ? { actions: actor.actions } : {}),
      ...(rollout.compared ? { departures: await this.departures(rollout, imagined, starts) } : {}),
      ...(actor && rollout.policy?.learning
        ? { drawn: { observations: imagined.seen, logProbabilities: actor.logProbabilities } }
        : {}),
      computeMs: performance.now() - began,
    }
  }

  /** [B] where a rollout begins. */
  private async startsOf(rollout: Rollout): Promise<History[]> {
    const carried =
      rollout.carried ?? (await this.calls.encode(await this.calls.perceive(this.latestStates(rollout))))
    return historiesIn(carried, rollout.batch)
  }

  /** [B, H, N] how far actions are from what the policy does there. */
  private async departures(
    { batch: B, actions }: Rollout,
    { tokens, actor }: Imagined,
    starts: readonly History[],
  ): Promise<Float32Array> {
    const { calls } = this
    const width = calls.sizes.N * calls.sizes.K
    const H = tokens.length / (B * width)
    const before = new Float32Array(tokens.length) // [B, H, N, K]
    for (const [row, start] of starts.entries()) {
      before.set(presentTokens(calls.sizes, start), row * H * width)
      before.set(tokens.subarray(row * H * width, ((row + 1) * H - 1) * width), (row * H + 1) * width)
    }
    return departuresOf(calls.spec, await calls.lean(await calls.decode(before)), actor?.actions ?? actions)
  }

  /** What tokens [..., N, K] say. */
  private async shown(tokens: Float32Array, choice: unknown) {
    const decoded = await this.calls.decode(tokens)
    const states = await this.calls.recover(decoded)
    const isExact = (choice as MarieChoice).observations === 'exact'
    return { states, observations: isExact ? await this.calls.perceive(states) : decoded }
  }

  /** Observations [B, N, O] as the present tokens of histories say them. */
  private reconstructed(histories: readonly History[]): Promise<Float32Array> {
    const { N, K } = this.calls.sizes
    const present = new Float32Array(histories.length * N * K)
    for (const [row, history] of histories.entries())
      present.set(presentTokens(this.calls.sizes, history), row * N * K)
    return this.calls.decode(present)
  }

  /** The last of each window's, [B, S]: what came before it is not looked at. */
  private latestStates({ batch, states }: Pick<Starts, 'batch' | 'states'>): Float64Array {
    const { L, S } = this.calls.sizes
    return lastOf(states, batch, L, S)
  }
}

/** Histories of rows side by side. */
function historiesIn(carried: Float32Array, batch: number): History[] {
  const width = carried.length / batch
  return Array.from({ length: batch }, (_, row) =>
    withoutFilling(cutRows(carried.subarray(row * width, (row + 1) * width), 1, 0, width)),
  )
}

const lastOf = (states: Float64Array, B: number, L: number, S: number): Float64Array =>
  Float64Array.from({ length: B * S }, (_, i) => states[(Math.floor(i / S) * L + L - 1) * S + (i % S)]!)
