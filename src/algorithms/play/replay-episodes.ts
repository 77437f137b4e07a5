// Brings copies back into episodes that were cut off, by doing once more what was done in them: an episode of ours is a
// function of its seed and its actions, to the last bit. All copies step together, so that short episodes begin late.
import { sum } from '../../common/statistics.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import type { VectorEnv, VectorReset } from '../../env/vector/vector-env.ts'
import { CopyView } from '../../episodes/sources/copy-view.ts'

/** An episode in progress. */
export interface Begun {
  resetSeed: number
  actions: Float32Array // [length, N, A]
}

export interface Replayed {
  shown: VectorReset
  /** undiscounted team returns so far, [E] */
  returns: Float64Array
}

/** @param env of `disabled` autoreset, with as many copies as there are episodes */
export async function replayEpisodes(env: VectorEnv, episodes: readonly Begun[]): Promise<Replayed> {
  const view = new CopyView(env)
  const widths = env.possibleAgents.map((name) => env.actionSpace(name).shape[0]!)
  const joint = sum(widths)
  const lengths = episodes.map(({ actions }) => actions.length / joint)
  const longest = Math.max(...lengths)
  const seed = episodes.map(({ resetSeed }) => resetSeed)
  const returns = new Float64Array(episodes.length)
  let shown = await env.reset({ seed })
  let idleEnds: boolean[] = []
  for (let t = 0; t <= longest; t++) {
    const mask = lengths.map((length, e) => (longest - length === t || idleEnds[e] ? 1 : 0))
    if (t > 0 && mask.some(Boolean)) shown = await env.reset({ mask, seed })
    if (t === longest) break
    const step = await env.step(actionsAt(env.possibleAgents, widths, episodes, lengths, t - longest))
    for (const [e, length] of lengths.entries())
      if (t >= longest - length) returns[e]! += view.reward(step, e)
    idleEnds = lengths.map((_, e) => Boolean(step.terminations[e] || step.truncations[e]))
    shown = step
  }
  return { shown, returns }
}

/** @param fromEnd -1 is every episode's last step; zeros where an episode has not begun */
function actionsAt(
  names: readonly string[],
  widths: readonly number[],
  episodes: readonly Begun[],
  lengths: readonly number[],
  fromEnd: number,
): PerAgent<Float32Array> {
  const joint = sum(widths)
  let offset = 0
  return Object.fromEntries(
    names.map((name, n) => {
      const values = new Float32Array(episodes.length * widths[n]!) // [E, A]
      for (const [e, { actions }] of episodes.entries()) {
        const first = (lengths[e]! + fromEnd) * joint + offset
        if (first >= offset) values.set(actions.subarray(first, first + widths[n]!), e * widths[n]!)
      }
      offset += widths[n]!
      return [name, values]
    }),
  )
}
