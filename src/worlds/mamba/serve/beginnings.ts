// Latent states of starts: nothing is known before the first state; what each shows is taken in, with the action that led to it.
// B rows, L context, N agents, A action, S state, O observation, C classes, F numbers of a latent state.
import { hashNumbers } from '../../../common/rng.ts'
import { Streams } from '../../../common/streams.ts'
import { concatenate } from '../../../common/tensors.ts'
import type { Starts } from '../../starts.ts'
import type { Calls } from './calls.ts'
import { sizesOf } from './manifest.ts'

/** Name of the random numbers that the posterior's classes are drawn by. */
const PURPOSE = 'posterior'

/**
 * [B, N, F] of the last state of each start.
 * @param streams of the rows, whose keys end with the step, 0
 */
export async function settled(
  calls: Calls,
  starts: Pick<Starts, 'states' | 'windows' | 'pastActions'>,
  streams: Streams,
): Promise<Float32Array> {
  const { L, N, F } = sizesOf(calls.spec)
  const latents = calls.empty(starts.windows.length)
  for (let left = L - 1; left >= 0; left--) {
    const rows = [...starts.windows.keys()].filter((row) => starts.windows[row]! > left)
    if (rows.length === 0) continue
    const taken = await seenAt(calls, starts, { rows, left, latents, streams })
    for (const [i, row] of rows.entries())
      latents.set(taken.subarray(i * N * F, (i + 1) * N * F), row * N * F)
  }
  return latents
}

interface Slot {
  /** that have a state there */
  rows: readonly number[]
  /** states that come after it */
  left: number
  latents: Float32Array
  streams: Streams
}

/** Latent states of those rows, after that state. [rows, N, F] */
async function seenAt(
  calls: Calls,
  { states, windows, pastActions }: Pick<Starts, 'states' | 'windows' | 'pastActions'>,
  { rows, left, latents, streams }: Slot,
): Promise<Float32Array> {
  const { L, N, A, S, C, F } = sizesOf(calls.spec)
  const uniforms = streams.uniforms(N * C, [PURPOSE, left])
  const pick = <T extends Float32Array | Float64Array>(
    values: T,
    from: (row: number) => number,
    width: number,
  ): T => concatenate(rows.map((row) => values.slice(from(row), from(row) + width) as T))
  const shown = pick(states, (row) => (row * L + L - 1 - left) * S, S)
  const actions = rows.map((row) => {
    const to = (row * (L - 1) + L - 1 - left) * N * A
    return windows[row]! > left + 1 ? pastActions.slice(to - N * A, to) : new Float32Array(N * A)
  })
  return calls.observe({
    observations: await calls.perceive(shown),
    actions: concatenate(actions),
    latents: pick(latents, (row) => row * N * F, N * F),
    uniforms: pick(uniforms, (row) => row * N * C, N * C),
  })
}

/** Latent states of observations alone, [B, N, F]: a function of what is seen. @param observations [B, N, O] */
export function atFirstSight(calls: Calls, observations: Float32Array): Promise<Float32Array> {
  const { N, A, O, C } = sizesOf(calls.spec)
  const width = N * O
  const B = observations.length / width
  const keys = Uint32Array.from({ length: B }, (_, row) =>
    hashNumbers(observations, row * width, (row + 1) * width),
  )
  return calls.observe({
    observations,
    actions: new Float32Array(B * N * A),
    latents: calls.empty(B),
    uniforms: new Streams(keys).uniforms(N * C, [PURPOSE, 0]),
  })
}
