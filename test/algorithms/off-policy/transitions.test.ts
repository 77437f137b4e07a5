// n-step targets against a plain loop over hand-made episodes: one that fails, one cut by its limit, one that goes on.
import { describe, expect, test } from 'vitest'
import { drawTransitions } from '../../../src/algorithms/off-policy/batch.ts'
import type { Block } from '../../../src/algorithms/off-policy/block.ts'
import { Transitions } from '../../../src/algorithms/off-policy/transitions.ts'
import { Rng } from '../../../src/common/rng.ts'

const [T, E, GAMMA] = [3, 2, 0.9]
const widths = { agents: 2, state: 1, observation: 1, action: 1 }

interface Step {
  /** of the state that it begins in, which is its number */
  state: number
  reward: number
  next: number
  fails?: boolean
  cut?: boolean
}

/** What a copy does, step by step: ends are where the next state does not follow. */
const COPIES: Step[][] = [
  [
    { state: 0, reward: 1, next: 1 },
    { state: 1, reward: 2, next: 2, fails: true },
    { state: 10, reward: 4, next: 11 },
    { state: 11, reward: 8, next: 12 },
    { state: 12, reward: 16, next: 13, cut: true },
    { state: 20, reward: 32, next: 21 },
  ],
  Array.from({ length: 6 }, (_, t) => ({ state: 100 + t, reward: 64, next: 101 + t })),
]

function blockAt(first: number, fresh = false): Block {
  const at = (t: number, e: number) => COPIES[e]![first + t]!
  const rows = Array.from({ length: T * E }, (_, i) => at(Math.floor(i / E), i % E))
  const last = [0, 1].map((e) => at(T - 1, e)).map(({ next, fails, cut }) => (fails || cut ? -1 : next))
  const ends = rows.flatMap((step, row) => (step.fails || step.cut ? [{ ...step, row }] : []))
  const states = [...rows.map(({ state }) => state), ...last, ...ends.map(({ next }) => next)]
  return {
    steps: T,
    copies: E,
    fresh,
    inputs: Float32Array.from(states),
    observations: Float32Array.from(states.flatMap((state) => [state, -state])),
    actions: Float32Array.from(rows.flatMap(({ state }) => [state / 1000, -state / 1000])),
    rewards: Float32Array.from(rows, ({ reward }) => reward),
    ends: Int32Array.from(ends, ({ row }) => row),
    terminated: Uint8Array.from(ends, ({ fails }) => (fails ? 1 : 0)),
  }
}

const whole = () => {
  const transitions = new Transitions(1000)
  transitions.add(blockAt(0))
  transitions.add(blockAt(T))
  return transitions
}

/** Straight from the episodes. */
function expected(e: number, t: number, n: number) {
  let [reward, discount] = [0, 1]
  for (let k = 0; ; k++) {
    const step = COPIES[e]![t + k]!
    reward += discount * step.reward
    discount *= GAMMA
    const over = step.fails || step.cut || t + k === COPIES[e]!.length - 1
    if (over || k === n - 1) return { reward, discount: step.fails ? 0 : discount, state: step.next }
  }
}

describe.each([1, 2, 3, 10])('%i steps', (n) => {
  test('stop at failures, at limits and where no more was played, across blocks', () => {
    const transitions = whole()
    for (let index = 0; index < transitions.size; index++) {
      const { reward, discount, block, row } = transitions.walk(index, n, GAMMA)
      const told = { reward, discount, state: block.inputs[row] }
      const wanted = expected(index % E, Math.floor(index / E), n)
      expect(told.state).toBe(wanted.state)
      expect(told.reward).toBeCloseTo(wanted.reward, 10)
      expect(told.discount).toBeCloseTo(wanted.discount, 10)
    }
  })
})

test('a block that began afresh is no successor', () => {
  const transitions = new Transitions(1000)
  transitions.add(blockAt(0))
  transitions.add(blockAt(T, true))
  const { reward, block, row } = transitions.walk(5, 3, GAMMA) // copy 1, the last step of the first block
  expect([reward, block.inputs[row]]).toEqual([64, 103])
})

test('a batch has different transitions, each with what belongs to it', () => {
  const batch = drawTransitions(whole(), { batch: 8, nStep: 2, gamma: GAMMA }, widths, new Rng(1))
  expect(new Set(batch.inputs).size).toBe(8)
  for (const [r, state] of batch.inputs.entries()) {
    const e = state < 100 ? 0 : 1
    const wanted = expected(e, COPIES[e]!.findIndex((step) => step.state === state), 2) // biome-ignore format: one line
    expect([...batch.observations.subarray(2 * r, 2 * r + 2)]).toEqual([state, 0 - state])
    expect(batch.actions[2 * r]).toBeCloseTo(state / 1000, 6)
    expect([batch.nextInputs[r], batch.nextObservations[2 * r]]).toEqual([wanted.state, wanted.state])
    expect(batch.rewards[r]).toBeCloseTo(wanted.reward, 4)
  }
})

test('few of many are drawn without repeats, each as often as any other', () => {
  const counts = new Int32Array(12)
  const transitions = whole()
  for (let key = 0; key < 3000; key++) {
    const drawn = transitions.draw(3, new Rng(key))
    expect(new Set(drawn).size).toBe(3)
    for (const index of drawn) counts[index]!++
  }
  for (const count of counts) expect(Math.abs(count - 750)).toBeLessThan(120)
})

test('the oldest whole blocks leave first', () => {
  const transitions = new Transitions(13)
  for (let i = 0; i < 3; i++) transitions.add(blockAt(i === 1 ? T : 0))
  expect(transitions.size).toBe(12)
  expect(transitions.blocks[0]!.inputs[0]).toBe(11)
})
