// A batch of transitions with n-step targets' parts: where they began, what was done and earned, and where they led.
import type { Rng } from '../../common/rng.ts'
import type { Widths } from '../../networks/dimensions.ts'
import type { Transitions } from './transitions.ts'

/** R transitions. */
export interface TransitionBatch {
  samples: number // R
  inputs: Float32Array // [R, S]
  observations: Float32Array // [R, N, O]
  actions: Float32Array // [R, N, A]
  /** of the state after the last step that counts */
  nextInputs: Float32Array // [R, S]
  nextObservations: Float32Array // [R, N, O]
  rewards: Float32Array // [R] discounted, of up to n steps
  discounts: Float32Array // [R] of the next state's value; 0 after a failure
}

export interface WalkOptions {
  batch: number
  nStep: number
  gamma: number
}

/** Of different transitions; of fewer where there are no more. */
export function drawTransitions(
  transitions: Transitions,
  { batch, nStep, gamma }: WalkOptions,
  { agents: N, state: S, observation: O, action: A }: Widths,
  rng: Rng,
): TransitionBatch {
  const drawn = transitions.draw(batch, rng)
  const R = drawn.length
  const of = (width: number) => new Float32Array(R * width)
  const filled: TransitionBatch = {
    samples: R,
    inputs: of(S),
    observations: of(N * O),
    actions: of(N * A),
    nextInputs: of(S),
    nextObservations: of(N * O),
    rewards: of(1),
    discounts: of(1),
  }
  for (const [r, index] of drawn.entries()) {
    const { block, row } = transitions.place(index)
    copyRow(filled.inputs, r, block.inputs, row, S)
    copyRow(filled.observations, r, block.observations, row, N * O)
    copyRow(filled.actions, r, block.actions, row, N * A)
    const end = transitions.walk(index, nStep, gamma)
    copyRow(filled.nextInputs, r, end.block.inputs, end.row, S)
    copyRow(filled.nextObservations, r, end.block.observations, end.row, N * O)
    filled.rewards[r] = end.reward
    filled.discounts[r] = end.discount
  }
  return filled
}

const copyRow = (to: Float32Array, at: number, from: Float32Array, row: number, width: number): void =>
  to.set(from.subarray(row * width, (row + 1) * width), at * width)

/** Agent n's part of [R, N, width]. */
export function ofAgent(values: Float32Array, n: number, agents: number, width: number): Float32Array {
  const rows = values.length / (agents * width)
  const own = new Float32Array(rows * width)
  for (let r = 0; r < rows; r++) copyRow(own, r, values, r * agents + n, width)
  return own
}
