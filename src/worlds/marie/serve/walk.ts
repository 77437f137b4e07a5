// Steps of rows that each remember a history of their own, with the Transformer's keys and values of it beside them. What is not
// cached is replayed step by step, by the graph that made it: so a cache changes no bit. B rows, N agents, K tokens, P tokens of a
// step.
import { concatenate } from '../../../common/tensors.ts'
import { byRoom, type Cached, type Filled, keep, NOTHING, sideBySide } from './cache.ts'
import type { Calls, Stepped } from './calls.ts'
import { actionsAt, commonSteps, type History, later, lengthOf, stepsIn, tokensAt } from './history.ts'

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
  const first = rows.map(({ history }) => tokensAt(sizes, history, 0).slice())
  const added = await calls.prime(concatenate(first))
  for (const { cached } of rows) cached.block = undefined
  keep(
    sizes,
    rows.map(({ cached }) => ({ cached, filled: 0 })),
    added,
    sizes.K,
  )
}

/** Runs a step again whose outcome is known. */
async function replay(calls: Calls, rows: readonly { row: Walking; step: number }[]): Promise<void> {
  const { sizes } = calls
  const fed = rows.map(({ row: { history, cached, uniforms }, step }) => ({
    ...{ cached, uniforms, filled: sizes.K + step * sizes.P },
    tokens: tokensAt(sizes, history, step),
    actions: actionsAt(sizes, history, step),
    given: tokensAt(sizes, history, step + 1),
  }))
  await stepAll(calls, fed)
}

async function taken(calls: Calls, rows: readonly Walking[]) {
  const { sizes } = calls
  const open = new Float32Array(sizes.N * sizes.K).fill(-1)
  const fed = rows.map(({ history, cached, actions, uniforms }) => {
    const step = stepsIn(sizes, history)
    const filled = sizes.K + step * sizes.P
    return { cached, filled, uniforms, actions, tokens: tokensAt(sizes, history, step), given: open }
  })
  const outcome = await stepAll(calls, fed)
  for (const [row, { history, cached, actions }] of rows.entries()) {
    const reached = later(sizes, history, actions, rowOf(outcome.next, row, rows.length))
    cached.history = reached.length > history.length ? reached : NOTHING // what was cached is forgotten too
  }
  return outcome
}

const rowOf = (values: Float32Array, row: number, rows: number): Float32Array =>
  values.subarray((row * values.length) / rows, ((row + 1) * values.length) / rows)

/** A step of a row, whatever it is taken for. */
interface Fed extends Filled {
  tokens: Float32Array
  actions: Float32Array
  given: Float32Array
  uniforms: Float32Array
}

/** One call for all rows of one room. */
async function stepAll(calls: Calls, rows: readonly Fed[]): Promise<Omit<Stepped, 'added'>> {
  const { sizes } = calls
  const { N, K, P } = sizes
  const B = rows.length
  const all = { next: new Float32Array(B * N * K), rewards: new Float32Array(B), ends: new Float32Array(B) }
  const groups = byRoom(
    sizes,
    rows.map(({ filled }) => filled),
  )
  for (const places of groups) {
    const own = places.map((place) => rows[place]!)
    const { added, ...outcome } = await calls.step(feedsOf(calls, own))
    keep(sizes, own, added, P)
    for (const [i, place] of places.entries())
      for (const name of ['next', 'rewards', 'ends'] as const)
        all[name].set(rowOf(outcome[name], i, places.length), (place * all[name].length) / B)
  }
  return all
}

function feedsOf({ sizes }: Calls, rows: readonly Fed[]) {
  const all = (name: 'tokens' | 'actions' | 'given' | 'uniforms') =>
    concatenate(rows.map((row) => row[name].slice()))
  return {
    tokens: all('tokens'),
    actions: all('actions'),
    given: all('given'),
    uniforms: all('uniforms'),
    caches: sideBySide(sizes, rows),
  }
}
