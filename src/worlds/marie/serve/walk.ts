// Steps of rows that each remember a history of their own, with the Transformer's keys and values of it beside them. What is not
// cached is replayed step by step, by the graph that made it: so a cache changes no bit. B rows, N agents, K tokens, P tokens of a
// step, T positions of the cache, F numbers of a position of an agent.
import { concatenate } from '../../../common/tensors.ts'
import type { Calls, Stepped } from './calls.ts'
import { actionsAt, commonSteps, type History, later, lengthOf, stepsIn, tokensAt } from './history.ts'

/** Keys and values of the steps of a history; belongs to one row. */
export interface Cached {
  history: History
  /** [T, N, F] */
  rows: Float32Array
}

/** A row before a step. */
export interface Walking {
  history: History
  /** of this history, or of one that begins as it does; else what it holds does not matter */
  cached: Cached
  /** [N, A] to take */
  actions: Float32Array
  /** [N, K] */
  uniforms: Float32Array
}

/** No history at all. */
const NOTHING: History = new Float32Array()

export const emptyCache = ({ sizes: { T, N, F } }: Calls): Cached => ({
  history: NOTHING,
  rows: new Float32Array(T * N * F),
})

export const cacheBytes = ({ sizes: { T, N, F } }: Calls): number => 4 * T * N * F

/** Takes the step of every row. Their caches then are of the histories that it leads to. */
export async function walk(calls: Calls, rows: readonly Walking[]): Promise<Omit<Stepped, 'added'>> {
  await recall(calls, rows)
  return taken(calls, rows)
}

/** Caches what the rows' histories have and their caches lack. */
async function recall(calls: Calls, rows: readonly Walking[]): Promise<void> {
  const { sizes } = calls
  const known = rows.map(({ history, cached }) => {
    const steps = commonSteps(sizes, history, cached.history)
    cached.history = steps < 0 ? NOTHING : history.subarray(0, lengthOf(sizes, steps)) // true whatever fails from here on
    return steps
  })
  await begin(
    calls,
    rows.filter((_, row) => known[row]! < 0),
  )
  let behind = rows.map((row, i) => ({ row, step: Math.max(0, known[i]!) }))
  for (;;) {
    behind = behind.filter(({ row, step }) => step < stepsIn(sizes, row.history))
    if (behind.length === 0) break
    await replay(calls, behind)
    behind = behind.map(({ row, step }) => ({ row, step: step + 1 }))
  }
  for (const { history, cached } of rows) cached.history = history
}

/** Of rows of which nothing is cached. */
async function begin(calls: Calls, rows: readonly Walking[]): Promise<void> {
  if (rows.length === 0) return
  const { sizes } = calls
  const added = await calls.prime(concatenate(rows.map(({ history }) => tokensAt(sizes, history, 0).slice())))
  const width = added.length / rows.length
  for (const [i, { cached }] of rows.entries()) cached.rows.set(added.subarray(i * width, (i + 1) * width))
}

/** Runs a step again whose outcome is known. */
async function replay(calls: Calls, rows: readonly { row: Walking; step: number }[]): Promise<void> {
  const { sizes } = calls
  const all = rows.map(({ row: { history, cached, uniforms }, step }) => ({
    ...{ cached, step, uniforms },
    tokens: tokensAt(sizes, history, step),
    actions: actionsAt(sizes, history, step),
    given: tokensAt(sizes, history, step + 1),
  }))
  keep(calls, all, (await calls.step(feedsOf(calls, all))).added)
}

async function taken(calls: Calls, rows: readonly Walking[]) {
  const { sizes } = calls
  const open = new Float32Array(sizes.N * sizes.K).fill(-1)
  const all = rows.map(({ history, cached, actions, uniforms }) => {
    const step = stepsIn(sizes, history)
    return { cached, step, uniforms, actions, tokens: tokensAt(sizes, history, step), given: open }
  })
  const { added, ...outcome } = await calls.step(feedsOf(calls, all))
  keep(calls, all, added)
  for (const [row, { history, cached, actions }] of rows.entries()) {
    const reached = later(sizes, history, actions, rowOf(outcome.next, row, rows.length))
    cached.history = reached.length > history.length ? reached : NOTHING // what was cached is forgotten too
  }
  return outcome
}

const rowOf = (values: Float32Array, row: number, rows: number): Float32Array =>
  values.subarray((row * values.length) / rows, ((row + 1) * values.length) / rows)

/** A step of a row, whatever it is taken for. */
interface Fed {
  cached: Cached
  /** of its history: how many are cached before */
  step: number
  tokens: Float32Array
  actions: Float32Array
  given: Float32Array
  uniforms: Float32Array
}

function feedsOf({ sizes: { K, P } }: Calls, rows: readonly Fed[]) {
  const all = (name: 'tokens' | 'actions' | 'given' | 'uniforms') =>
    concatenate(rows.map((row) => row[name].slice()))
  return {
    tokens: all('tokens'),
    actions: all('actions'),
    given: all('given'),
    uniforms: all('uniforms'),
    cache: concatenate(rows.map(({ cached }) => cached.rows)),
    filled: Float32Array.from(rows, ({ step }) => K + step * P),
  }
}

/** Writes what a step added behind what is there, if there is room: after the last step all is forgotten. */
function keep({ sizes: { K, P, T, N, F } }: Calls, rows: readonly Fed[], added: Float32Array): void {
  const width = P * N * F
  for (const [i, { cached, step }] of rows.entries()) {
    const place = K + step * P
    if (place + P > T) continue
    cached.rows.set(added.subarray(i * width, (i + 1) * width), place * N * F)
  }
}
