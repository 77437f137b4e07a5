// Decoded or exact: what may be chosen, who sees what, and that a session keeps its choice.
import { describe, expect, test } from 'vitest'
import { tensor } from '../../../../src/common/tensors.ts'
import { contradiction } from '../../../../src/registry/consistency.ts'
import { readChoice } from '../../../../src/server/rollout/choice.ts'
import { choices } from '../../../../src/worlds/dima/serve/choices.ts'
import { dima } from '../../../../src/worlds/dima/serve/kind.ts'
import { memories } from '../../../../src/worlds/dima/serve/memory.ts'
import type { DimaChoice } from '../../../../src/worlds/dima/serve/observations.ts'
import { gatherRows } from '../../../../src/worlds/live.ts'
import { fakeSimulator, rolloutOf, specOf } from '../../../inference/fixture.ts'
import { walkers } from '../../../inference/live-rows.ts'
import { manifest, tensorsOf } from '../../../registry/fixture.ts'

const blind = specOf({ S: 2, N: 2, A: 1, O: 3, H: 4, L: 3 })
const spec = { ...blind, perceives: true as const, normalisation: { mean: [5, -5], std: [2, 4] } }
const joint: DimaChoice = { name: 'joint', order: [] }
const exact: DimaChoice = { ...joint, observations: 'exact' }

/** The first of a state stands for every observation in it, beside what was asked. */
const seeing = (base: number) => (states: { shape: readonly number[]; data: Float32Array }) => ({
  observations: tensor(
    [states.shape[0]!, 2, 3],
    Float32Array.from({ length: states.shape[0]! * 6 }, (_, i) => base + states.data[Math.floor(i / 6) * 2]!),
  ),
})

const open = () =>
  fakeSimulator(spec, {
    decode: ({ states }) => seeing(1000)(states!),
    perceive: ({ states }) => seeing(0)(states!),
    policy: ({ observations }) => {
      const shape = [observations!.shape[0]!, 2, 1]
      return { mean: tensor(shape), std: tensor(shape) }
    },
  })

/** [count, 6] of [count, 2] */
const firsts = (states: Float64Array): Float32Array =>
  Float32Array.from({ length: states.length * 3 }, (_, i) => states[Math.floor(i / 6) * 2]!)

describe('a choice', () => {
  test('is exact by default where the bundle can, and the decoder is only seen where it is asked for', () => {
    expect(choices.choose({}, 1, spec)).toEqual(exact)
    expect(choices.choose({ observations: 'exact' }, 1, spec)).toEqual(exact)
    expect(choices.choose({ observations: 'decoded' }, 1, spec)).toEqual(joint)
    expect(choices.every(spec).filter(({ observations }) => observations)).toEqual([exact])
    expect(choices.describe(exact, spec)).toEqual({ plan: 'joint', order: null, observations: 'exact' })
    expect(choices.describe(joint, spec)).toMatchObject({ observations: 'decoded' })
    expect(choices.scored(spec).some(({ choice }) => choice.observations)).toBe(false)
  })

  test('is decoded where it can not, and exact is refused by name', () => {
    expect(choices.choose({}, 1, blind)).toEqual(joint)
    expect(choices.choose({ observations: 'decoded' }, 1, blind)).toEqual(joint)
    expect(choices.describe(joint, blind)).toEqual({ plan: 'joint', order: null })
    for (const request of [{ observations: 'exact' }, { options: { observations: 'exact' } }])
      expect(() => readChoice(dima, request, 1, manifest('tiny', '1'))).toThrow(
        expect.objectContaining({
          code: 'invalid_request',
          details: expect.objectContaining({ field: 'observations', expected: ['decoded'] }),
        }),
      )
  })

  test('is among the facts of a model', () => {
    const facts = (change: object) => choices.facts(manifest('tiny', '1', change)).observations
    expect(facts({})).toEqual(['decoded'])
    expect(facts({ perceives: true })).toEqual(['exact', 'decoded'])
  })
})

test('a manifest that says so needs the graph, and one with the graph must say so', () => {
  const { graphs, ...rest } = manifest('tiny', '1')
  const perceive = { ...graphs.decode!, file: 'perceive.onnx', ...tensorsOf('perceive', rest) }
  const wrong = (change: object) => contradiction({ ...rest, graphs, ...change }, dima)
  expect(wrong({})).toBeUndefined()
  expect(wrong({ perceives: true, graphs: { ...graphs, perceive } })).toBeUndefined()
  expect(wrong({ perceives: true })).toBe('graphs.perceive is missing')
  expect(wrong({ graphs: { ...graphs, perceive } })).toBe('graphs.perceive is no graph of kind dima')
})

test('a rollout is answered as chosen, from states in environment units', async () => {
  const { simulator, callsOf } = open()
  const rollout = rolloutOf(spec, { batch: 3 })
  const { states, observations } = await simulator.rollout({ ...rollout, choice: exact })
  expect(observations).toEqual(firsts(states))
  expect([callsOf('perceive'), callsOf('decode')].map(({ length }) => length)).toEqual([1, 0])
  const decoded = await simulator.rollout({ ...rollout, choice: joint })
  expect(decoded.states).toEqual(states)
  expect(decoded.observations.every((x) => x > 900)).toBe(true)
  expect(callsOf('perceive')).toHaveLength(1)
})

test('the policy sees what it learned on, whatever the answer shows', async () => {
  const { simulator, callsOf } = open()
  const policy = { agents: [true, true], mode: 'mean' as const, learning: true }
  const { states, observations, drawn } = await simulator.rollout({
    ...rolloutOf(spec, { batch: 2, policy }),
    choice: exact,
  })
  expect(observations).toEqual(firsts(states))
  for (const { observations: seen } of callsOf('policy')) expect(seen!.data.every((x) => x > 900)).toBe(true)
  expect(drawn!.observations!.every((x) => x > 900)).toBe(true)
})

test('a session sees its start as it sees its steps', async () => {
  const { simulator, callsOf } = open()
  const rollout = rolloutOf(spec, { batch: 2, horizon: 1 })
  const begun = await simulator.begin(rollout, exact)
  const latest = Float64Array.from(
    [0, 1].flatMap((row) => [...rollout.states.slice(row * 6 + 4, row * 6 + 6)]),
  )
  expect(begun.observations).toEqual(firsts(latest))
  const rows = walkers(spec, rollout).map((walker) => walker.row())
  const stepped = await simulator.step(gatherRows(memories(spec), exact, rows))
  expect(stepped.observations).toEqual(firsts(stepped.states))
  expect(callsOf('decode')).toHaveLength(0)
  const decoded = await simulator.step(gatherRows(memories(spec), joint, rows))
  expect({ ...decoded, observations: 0, computeMs: 0 }).toEqual({ ...stepped, observations: 0, computeMs: 0 })
  expect(decoded.observations.every((x) => x > 900)).toBe(true)
})

describe('a snapshot', () => {
  const memory = { states: new Float32Array(6), actions: new Float32Array(4) }
  const bytes = (values: Float32Array) => new Uint8Array(values.buffer)
  const sent = (choice: DimaChoice) => ({
    ...memories(spec).pack(memory, choice),
    states: bytes(memory.states),
    actions: bytes(memory.actions),
  })

  test('keeps the choice', () => {
    expect(memories(spec).unpack(sent(exact), 0).choice).toEqual(exact)
    expect(memories(spec).unpack(sent(joint), 0).choice).toEqual(joint)
    expect(sent(joint)).not.toHaveProperty('exact')
  })

  test('is refused by a model that can not', () => {
    expect(() => memories(blind).unpack(sent(exact), 0)).toThrow(
      expect.objectContaining({
        code: 'invalid_snapshot',
        details: expect.objectContaining({ field: 'snapshot.exact' }),
      }),
    )
  })
})
