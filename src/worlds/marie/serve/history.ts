// What a session of this kind remembers, one step after the other: the tokens of all agents, the actions that they took, the tokens
// that came next, and so on; the last are the present ones. N agents, A action, K tokens.
import type { sizesOf } from './manifest.ts'

/** [i, N * K + N * A] of i steps, then [N, K]. Never changed once made. */
export type History = Float32Array

type Sizes = Pick<ReturnType<typeof sizesOf>, 'N' | 'A' | 'K' | 'history'>

const blockOf = ({ N, A, K }: Sizes): number => N * (K + A)

/** Numbers of a history of so many steps. */
export const lengthOf = (sizes: Sizes, steps: number): number => steps * blockOf(sizes) + sizes.N * sizes.K

export const stepsIn = (sizes: Sizes, history: History): number =>
  (history.length - sizes.N * sizes.K) / blockOf(sizes)

/** [N, K] after so many steps. */
export const tokensAt = (sizes: Sizes, history: History, step: number): Float32Array =>
  history.subarray(step * blockOf(sizes), step * blockOf(sizes) + sizes.N * sizes.K)

/** [N, A] that were taken then. */
export const actionsAt = (sizes: Sizes, history: History, step: number): Float32Array =>
  history.subarray(step * blockOf(sizes) + sizes.N * sizes.K, (step + 1) * blockOf(sizes))

/** The present ones. [N, K] */
export const presentTokens = (sizes: Sizes, history: History): Float32Array =>
  tokensAt(sizes, history, stepsIn(sizes, history))

/** A step later. What has no room is forgotten, all of it: the Transformer then begins with the present tokens. */
export function later(sizes: Sizes, history: History, actions: Float32Array, tokens: Float32Array): History {
  if (stepsIn(sizes, history) + 1 >= sizes.history) return tokens.slice()
  const grown = new Float32Array(history.length + blockOf(sizes))
  grown.set(history)
  grown.set(actions, history.length)
  grown.set(tokens, history.length + actions.length)
  return grown
}

/** How many steps two histories have in common: the same tokens and actions, and the same tokens after them; -1: nothing. */
export function commonSteps(sizes: Sizes, one: History, other: History): number {
  const most = Math.min(one.length, other.length)
  let same = 0
  while (same < most && one[same] === other[same]) same++
  return Math.floor((same - sizes.N * sizes.K) / blockOf(sizes))
}

/** All of one width, so that rows stand side by side; no token is negative. */
const NOTHING = -1

export function filledUp(sizes: Sizes, history: History): Float32Array {
  const full = new Float32Array(lengthOf(sizes, sizes.history - 1)).fill(NOTHING)
  full.set(history)
  return full
}

/** The reverse. */
export function withoutFilling(filled: Float32Array): History {
  let end = filled.length
  while (end > 0 && filled[end - 1] === NOTHING) end--
  return filled.slice(0, end)
}
