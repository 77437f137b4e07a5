// What a policy's mean and deviation become: actions inside their space, of those agents alone, drawn from one stream.
import { expect, test } from 'vitest'
import { type Acting, takenActions, writeRest } from '../../src/worlds/acting.ts'
import { specOf } from '../inference/fixture.ts'

const [N, A] = [2, 3]
const spec = { ...specOf({ N, A }), action: { dimension: A, low: -0.5, high: 0.25, unit: '1' } }
const at = { seed: 1, key: 2, step: 3 }
const given = Float32Array.from([9, 8, 7, 6, 5, 4])
const flat = (value: number) => new Float32Array(N * A).fill(value)
const everyone: Acting = { agents: [true, true], mode: 'sample' }
const take = (acting: Acting, mean = flat(0), std = flat(0.01), place = at, of = spec) => [
  ...takenActions(of, acting, { mean, std }, place, given),
]

test('the mean is the mean, and stays inside the space', () => {
  const mean = Float32Array.from([0.125, -0.25, 3, -7, 0, 0.25])
  expect(take({ ...everyone, mode: 'mean' }, mean)).toEqual([0.125, -0.25, 0.25, -0.5, 0, 0.25])
  expect(take({ agents: [false, true], mode: 'mean' }, mean)).toEqual([9, 8, 7, -0.5, 0, 0.25])
})

test('what is drawn is a function of seed, key and step, whichever agents act', () => {
  const all = take(everyone)
  expect(new Set(all).size).toBe(N * A)
  expect(take(everyone)).toEqual(all)
  expect(take({ ...everyone, agents: [true, false] })).toEqual([...all.slice(0, A), 6, 5, 4])
  for (const other of [
    { ...at, seed: 9 },
    { ...at, key: 9 },
    { ...at, step: 9 },
  ])
    expect(take(everyone, flat(0), flat(0.01), other)).not.toEqual(all)
  expect(take(everyone, flat(0), flat(0.02))).toEqual(all.map((x) => expect.closeTo(2 * x, 6)))
  expect(Math.max(...take(everyone, flat(0), flat(100)).map(Math.abs))).toBe(0.5)
})

test('entries without an actuator are 0, and what was given is not written', () => {
  const short = { ...spec, agents: spec.agents.map((agent) => ({ ...agent, actuators: ['one'] })) }
  expect(take({ ...everyone, mode: 'mean' }, flat(0.125), flat(0), at, short)).toEqual([
    0.125, 0, 0, 0.125, 0, 0,
  ])
  expect([...given]).toEqual([9, 8, 7, 6, 5, 4])
})

test('a choice is one of its options, the likeliest where nothing is drawn; rest is the first', () => {
  const agents = [
    { ...spec.agents[0]!, choices: [2] },
    { ...spec.agents[1]!, choices: [3] },
  ]
  const picking = { ...spec, agents }
  const mean = Float32Array.of(0.125, 0.2, 0.8, 0.5, 0.1, 0.4)
  expect(take({ ...everyone, mode: 'mean' }, mean, flat(0.4), at, picking)).toEqual([0.125, 0, 1, 1, 0, 0])
  const drawn = Array.from({ length: 60 }, (_, step) => {
    const [, a, b, ...three] = take(everyone, mean, flat(0.4), { ...at, step }, picking)
    expect([a! + b!, three.reduce((sum, x) => sum + x, 0), Math.max(...three)]).toEqual([1, 1, 1])
    return b!
  })
  const often = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
  expect(often).toBeGreaterThan(0.6)
  expect(often).toBeLessThan(0.97)
  const rest = Float32Array.of(9, 9, 9, 9, 9, 9)
  writeRest(picking, 1, rest, A)
  expect([...rest]).toEqual([9, 9, 9, 1, 0, 0])
})
