// The next joint action, of whoever acts.
import { describe, expect, test } from 'vitest'
import type { ModelDetail } from '../../src/api/models.ts'
import { wander } from '../../src/playground/actors/chance.ts'
import { controlsOf } from '../../src/playground/actors/joints.ts'
import { actionAt, actionsOf, levelOf, MOST, REST } from '../../src/playground/actors/levels.ts'
import { Mixer } from '../../src/playground/actors/mixer.ts'
import type { Actor } from '../../src/playground/actors/policy.ts'

const RANGE = { low: -0.4, high: 0.4 }
const space = {
  agents: [
    { name: 'a', actuators: ['hip', 'knee'] },
    { name: 'b', actuators: ['hip', 'left', 'right'], choices: [2] },
  ],
  spaces: { action: { dimension: 3, ...RANGE, unit: 'N m' } },
} as unknown as ModelDetail
const idle = { down: new Set<string>(), pad: undefined }

const mixer = (...actors: Actor[]) => new Mixer(controlsOf(space), RANGE, 3, actors)

describe('levels', () => {
  test('are exact at the ends and in the middle, whatever the range', () => {
    expect([0, REST, MOST].map((level) => actionAt(level, RANGE))).toEqual([-0.4, 0, 0.4])
    expect([0, REST, MOST].map((level) => actionAt(level, { low: 0, high: 3 }))).toEqual([0, 1.5, 3])
  })

  test('give the nearest of a number, and themselves again', () => {
    for (let level = 0; level <= MOST; level++) expect(levelOf(actionAt(level, RANGE), RANGE)).toBe(level)
    expect(levelOf(7, RANGE)).toBe(MOST)
    expect(levelOf(-7, RANGE)).toBe(0)
  })
})

test('controls are the numbers and the choices of each agent, padding is neither', () => {
  const [a, b] = controlsOf(space)
  expect(a).toMatchObject([
    { kind: 'number', name: 'hip', entry: 0 },
    { kind: 'number', name: 'knee', entry: 1 },
  ])
  expect(b).toMatchObject([
    { kind: 'number', entry: 3 },
    { kind: 'choice', entry: 4, options: ['left', 'right'] },
  ])
})

describe('the mixer', () => {
  test('begins at rest, with the first option of each choice', () => {
    const { levels, acting } = mixer('sliders', 'hold').next(idle, 1, 1)
    expect(actionsOf(levels, RANGE, 2)).toEqual([
      [0, 0, 0],
      [0, 0.4, 0],
    ])
    expect(acting).toBeUndefined()
  })

  test('leaves to the policy whom it acts for, in one way', () => {
    const mixed = mixer('mean', 'sliders')
    mixed.levels[0] = 9
    expect(mixed.next(idle, 1, 1)).toMatchObject({ acting: { mode: 'mean', agents: [0] } })
    expect(mixed.next(idle, 1, 1).levels[0]).toBe(REST)
    mixed.setActor(1, 'sample')
    expect(mixed.next(idle, 1, 1).acting).toEqual({ mode: 'sample', agents: [0, 1] })
  })

  test('pushes joints by keys, a tap a little, and lets go', () => {
    const mixed = mixer('keys', 'keys')
    const levels = (...down: string[]) => [
      ...mixed.next({ down: new Set(down), pad: undefined }, 1, 1).levels,
    ]
    expect(levels('KeyQ', 'KeyD').slice(0, 4)).toEqual([REST + 64, REST, REST, REST - 64])
    expect(levels('KeyQ').slice(0, 4)).toEqual([MOST, REST, REST, REST])
    for (let i = 0; i < 3; i++) levels()
    expect(levels().slice(0, 4)).toEqual([REST, REST, REST, REST])
  })

  test('follows the sticks of a gamepad, but for their play', () => {
    const mixed = mixer('hold', 'gamepad')
    const pad = { axes: [0.05, 0, 0, 0], buttons: [] }
    expect(mixed.next({ ...idle, pad }, 1, 1).levels[3]).toBe(REST)
    pad.axes[0] = -1
    for (let i = 0; i < 4; i++) mixed.next({ ...idle, pad }, 1, 1)
    expect(mixed.levels[3]).toBe(0)
  })

  test('takes what a planner found, in its own numbers', () => {
    const mixed = mixer('planner', 'hold')
    mixed.setPlan((agent, entry) => (agent === 0 && entry === 1 ? 0.4 : undefined))
    expect([...mixed.next(idle, 1, 1).levels].slice(0, 2)).toEqual([REST, MOST])
  })

  test('draws by chance the same again, and not always the same', () => {
    const way = (seed: number) => {
      const mixed = mixer('random', 'random')
      return Array.from({ length: 50 }, (_, step) => [...mixed.next(idle, seed, step).levels].join()).join(
        ' ',
      )
    }
    expect(way(1)).toBe(way(1))
    expect(way(1)).not.toBe(way(2))
  })
})

test('chance stays inside and moves about the middle', () => {
  let [level, sum] = [REST, 0]
  for (let i = 0; i < 2000; i++) {
    level = wander(level, 3, i)
    expect(level).toBeGreaterThanOrEqual(0)
    expect(level).toBeLessThanOrEqual(MOST)
    sum += level
  }
  expect(Math.abs(sum / 2000 - REST)).toBeLessThan(12)
})
