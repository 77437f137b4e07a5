// The levels whose evaluations are one graph, where there is one: those of the plan that a model samples with unless a
// request asks for another.
import { descending } from './choices.ts'
import type { DimaSpec } from './manifest.ts'
import { expandPlan, type Level } from './plan.ts'

/** More would take long to open: every evaluation has all the nodes of the denoiser. */
const MOST_LEVELS = 4

/** Undefined where they are too many. */
export function composedLevels(spec: DimaSpec): Level[] | undefined {
  const { agents, sampling } = spec
  const levels = expandPlan(descending(sampling.defaultPlan, spec), agents.length, sampling)
  return levels.length <= MOST_LEVELS ? levels : undefined
}

/** Which of the distinct sets of visible agents each level has, in the order in which they come. */
export function shownAt(levels: readonly Level[]): number[] {
  const found = new Map<string, number>()
  return levels.map(({ visible }) => {
    const key = visible.join()
    if (!found.has(key)) found.set(key, found.size)
    return found.get(key)!
  })
}

/** The first level of each distinct set of visible agents. */
export const firstShown = (shown: readonly number[]): number[] =>
  [...new Set(shown)].map((set) => shown.indexOf(set))

/** Whether the graph of the composed levels takes these: the same noise, and the same ones see the same agents. */
export function areComposed(levels: readonly Level[], spec: DimaSpec): boolean {
  const composed = composedLevels(spec)
  if (composed?.length !== levels.length || shownAt(composed).join() !== shownAt(levels).join()) return false
  return levels.every(({ sigma }, i) => sigma === composed[i]!.sigma)
}
