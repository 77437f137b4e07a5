// Steps on cached keys and values: what a cache holds changes no bit, and what has no room is forgotten.
import { beforeAll, describe, expect, test } from 'vitest'
import { KINDS } from '../../../../src/worlds/kinds.ts'
import { gatherRows, scatterRows } from '../../../../src/worlds/live.ts'
import { sizesOf } from '../../../../src/worlds/marie/serve/manifest.ts'
import { type Memory, memories } from '../../../../src/worlds/marie/serve/memory.ts'
import { rowKeys } from '../../../../src/worlds/noise.ts'
import { type OpenSimulator, openSimulator } from '../../../../src/worlds/open-simulator.ts'
import { windowOf } from '../../../../src/worlds/starts.ts'
import { rolloutOf } from '../../../inference/fixture.ts'
import { tinyMarie } from '../random-model.ts'

const { spec, compiled } = tinyMarie()
const { N, A, K, history: most } = sizesOf(spec)
const held = memories(spec)
const STEPS = 18 // more than are remembered
const exact = { observations: 'exact' as const }

let simulator: OpenSimulator
beforeAll(async () => {
  simulator = await openSimulator(KINDS, spec, { ...compiled })
  return () => simulator.close()
})

const rollout = { ...rolloutOf(spec as never, { batch: 2, horizon: STEPS }), choice: exact }

/** Steps row 0 live. @param idAt of the session at a step: under another id nothing is cached */
async function walked(idAt: (step: number) => number): Promise<{ states: number[]; memory: Memory }> {
  const [key] = rowKeys(rollout, spec.context)
  const start = windowOf(spec, rollout, 0)
  const { carried } = await simulator.begin(
    {
      ...rollout,
      ...start,
      batch: 1,
      windows: Int32Array.of(1),
      states: rollout.states.slice(0, rollout.states.length / 2),
      pastActions: rollout.pastActions.slice(0, rollout.pastActions.length / 2),
    },
    exact,
  )
  let memory = held.begin(start, carried)
  const states: number[] = []
  for (let step = 0; step < STEPS; step++) {
    const action = rollout.actions.slice(step * N * A, (step + 1) * N * A)
    const turn = held.take(memory, action)
    const row = { id: idAt(step), seed: rollout.seed, key: key!, step, turn }
    const [outcome] = scatterRows(await simulator.step(gatherRows(held as never, exact, [row])), () => 0)
    memory = held.follow(turn, outcome!.carried)
    states.push(...outcome!.state)
  }
  return { states, memory }
}

describe('past what is remembered', () => {
  test('steps give what a rollout gives, to the bit', async () => {
    const { states } = await simulator.rollout(rollout)
    expect((await walked(() => 1)).states).toEqual([...states.subarray(0, states.length / 2)])
  })

  test('only what came since counts, and it fits', async () => {
    const { memory } = await walked(() => 2)
    const since = STEPS - most
    expect(memory.history).toHaveLength(since * N * (K + A) + N * K)
  })
})

test('a cache that is lost, or of other steps, is made again to the bit', async () => {
  const truth = (await walked(() => 3)).states
  expect((await walked((step) => 100 + step)).states).toEqual(truth) // nothing is ever cached
  expect((await walked(() => 3)).states).toEqual(truth) // of the last steps of the same session
  expect((await walked((step) => (step < 5 ? 4 : 2))).states).toEqual(truth) // in two executors by turns
})

test('a memory goes on where a window begins', async () => {
  const { memory } = await walked(() => 5)
  const window = held.window!(memory)
  expect(held.begin(window, window.carried!)).toEqual(memory)
})

test('a history of a stranger is refused where it is none', async () => {
  const { memory } = await walked(() => 6)
  const packed = (change: (history: Float32Array) => Float32Array) => {
    const history = change(memory.history.slice())
    return { history: new Uint8Array(history.buffer, 0, history.byteLength) }
  }
  expect(
    held.unpack(
      packed((x) => x),
      STEPS,
    ).memory,
  ).toEqual(memory)
  for (const wrong of [
    packed((x) => x.slice(0, -1)),
    packed((x) => x.with(0, 16)),
    packed((x) => x.with(0, 0.5)),
    packed((x) => x.with(N * K, Number.NaN)),
    packed(() => new Float32Array(most * N * (K + A) + N * K)),
    { history: 'text' },
  ])
    expect(() => held.unpack(wrong, STEPS)).toThrow(/history/)
})
