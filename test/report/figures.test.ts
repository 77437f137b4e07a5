import { describe, expect, test } from 'vitest'
import { lookOf } from '../../src/report/drawing/palette.ts'
import { errorPanels } from '../../src/report/figures/error-panels.ts'
import { imaginationContent, imaginationFigure } from '../../src/report/figures/imagination.ts'
import { lossesContent, lossesFigure } from '../../src/report/figures/losses.ts'
import { policyContent, policyFigure } from '../../src/report/figures/policy.ts'
import { phasesOf, sharesFigure, speedContent, timeBars } from '../../src/report/figures/time.ts'
import { unlikeRuns } from '../../src/report/groups.ts'
import { actorPoints, thinned } from '../../src/report/metrics.ts'
import { REWARD, SECONDS, scores } from './run-folders.ts'
import { runOf, tasksOf } from './runs.ts'
import { assertWellFormed } from './well-formed.ts'

const both = () => tasksOf([{ algorithm: 'dima' }, { algorithm: 'mappo' }])

describe('losses', () => {
  test('every network has a panel, against its updates', () => {
    const { panels } = lossesContent(both())
    expect(panels.map(({ title }) => title)).toEqual(['decoder', 'denoiser', 'reward', 'actor', 'critic'])
    const [dima, mappo] = panels[0]!.lines
    expect(dima!.points[0]).toEqual([10, 0.12])
    expect(dima!.points).toHaveLength(40)
    expect(mappo!.points).toEqual([])
  })

  test('axes are logarithmic, but for a loss that goes below zero', () => {
    const { panels } = lossesContent(both())
    expect(panels.map(({ title, y }) => [title, y.log])).toEqual([
      ['decoder', true],
      ['denoiser', true],
      ['reward', true],
      ['actor', false],
      ['critic', true],
    ])
  })

  test('the legend names the groups that are seen', () => {
    const onlyDima = tasksOf([{ algorithm: 'dima' }, { algorithm: 'mappo', without: ['network'] }])
    const svg = lossesFigure(onlyDima)!.svg
    expect(svg).toContain('dima small joint, seed 1')
    expect(svg).not.toContain('mappo')
  })
})

test('long series are drawn as means of neighbours', () => {
  const points = Array.from({ length: 1000 }, (_, i) => [i, 2 * i] as const)
  const few = thinned(points)
  expect(few).toHaveLength(200)
  expect(few[0]).toEqual([2, 4])
  expect(few.at(-1)).toEqual([997, 1994])
  expect(thinned(points.slice(0, 200))).toEqual(points.slice(0, 200))
})

describe('imagined against true reward', () => {
  test('both by epoch, and their difference', () => {
    const [rewards, difference, ends] = imaginationContent(both()).panels
    const [imagined, met] = rewards!.lines
    expect(imagined!.points[1]).toEqual([2000, REWARD.imagined + 0.02])
    expect(met!.points[1]).toEqual([2000, REWARD.met + 0.02])
    expect(difference!.lines[0]!.points[0]![1]).toBeCloseTo(REWARD.imagined - REWARD.met)
    expect(ends!.lines[0]!.points[0]).toEqual([1000, 0.01])
  })

  test('algorithms that imagine nothing are not in it', () => {
    expect(imaginationFigure(both())!.svg).not.toContain('mappo')
    expect(imaginationFigure(tasksOf([{ algorithm: 'mappo' }]))).toBeUndefined()
  })
})

describe('policy', () => {
  test('deviation by steps, the rest by updates of the actor', () => {
    const { panels } = policyContent(both())
    const [deviation, entropy, change, clipped] = panels.map(({ lines }) => lines[0]!.points[0])
    expect(deviation![0]).toBe(1000)
    expect(deviation![1]).toBeCloseTo(0.49)
    expect(entropy![1]).toBeCloseTo(3 - 10 / 300)
    expect(change).toEqual([10, 0.01])
    expect(clipped).toEqual([10, 0.1])
  })

  test('of several actors their mean, at every update', () => {
    const line = (network: string, update: number, entropy: number) => ({
      epoch: 1,
      network,
      update,
      entropy,
    })
    const metrics = [
      line('actor_0', 1, 1),
      line('actor_1', 1, 3),
      line('actor_0', 2, 2),
      line('critic', 1, 9),
    ]
    expect(actorPoints(metrics, 'update', 'entropy')).toEqual([[1, 2], [2, 2]]) // biome-ignore format: points
  })

  test('panels without numbers are left out', () => {
    const { svg } = policyFigure(tasksOf([{ algorithm: 'mappo' }]))!
    expect(svg).toContain('>Entropy<')
    expect(svg).not.toContain('Standard deviation')
  })
})

describe('time', () => {
  test('phases are summed over epochs, and the rest is what they leave', () => {
    const phases = phasesOf(runOf({ epochs: 4 }).metrics)
    expect([...phases.keys()]).toEqual([...Object.keys(SECONDS), 'rest'])
    expect(phases.get('world_model')).toBe(80)
    expect(phases.get('rest')).toBeCloseTo(4 * 40 - 4 * 39)
  })

  test('a phase that nobody knew of is shown too', () => {
    const phases = phasesOf([{ epoch: 1, steps: 1, seconds: 10, seconds_dream: 4, seconds_collect: 5 }])
    expect([...phases]).toEqual([['collect', 5], ['dream', 4], ['rest', 1]]) // biome-ignore format: pairs
  })

  test('shares of every run make a hundred, whatever phases it has', () => {
    const { rows, parts } = timeBars(both())
    expect(rows).toEqual(['dima-seed1: 6.7 min', 'mappo-seed1: 6.7 min'])
    for (const row of [0, 1])
      expect(parts.reduce((sum, { shares }) => sum + shares[row]!, 0)).toBeCloseTo(100)
    const imagine = parts.find(({ name }) => name === 'imagine')!
    expect(imagine.shares).toEqual([25, 0])
    expect(new Set(parts.map(({ colour }) => colour)).size).toBe(parts.length)
    assertWellFormed(sharesFigure(both())!.svg)
  })

  test('phases keep their order, whichever run is first', () => {
    const names = (order: ('dima' | 'mappo')[]) => {
      const runs = order.map((algorithm) => runOf({ algorithm }))
      return timeBars({ task: 'T', groups: [{ name: 'g', look: lookOf(0), runs }] }).parts.map(
        ({ name }) => name,
      )
    }
    const inOrder = ['collect', 'world model', 'imagine', 'behaviour', 'evaluate', 'save', 'rest']
    expect(names(['mappo', 'dima'])).toEqual(inOrder)
    expect(names(['dima', 'mappo'])).toEqual(inOrder)
  })

  test('cores busy are processor seconds by seconds', () => {
    const [, cores] = speedContent(both()).panels
    expect(cores!.lines[0]!.points[0]).toEqual([1000, 1.5])
  })

  test('runs without times are left out, and so is a figure without runs', () => {
    const [timed, untimed] = [{ seed: 1 }, { seed: 2, without: ['seconds'] }]
    expect(timeBars(tasksOf([timed, untimed])).rows).toHaveLength(1)
    expect(sharesFigure(tasksOf([untimed]))).toBeUndefined()
  })
})

test('imagination error by step: every plan, persistence, and the decoder for observations', () => {
  const [state, observation] = errorPanels(scores())
  expect(state!.lines.map(({ name }) => name)).toEqual(['joint', 'sequential, descending', 'persistence'])
  expect(observation!.lines.map(({ name }) => name)).toContain('decoder floor')
  expect(state!.lines[0]!.points.map(([step]) => step)).toEqual([1, 2, 3, 4, 5])
  expect(state!.lines[0]!.points[0]![1]).toBeCloseTo(0.05)
  expect(state!.lines[0]!.label).toBe(`joint ${(0.05 * 5 ** 1.2).toFixed(2)}`)
})

test('of many updates or episodes at one step the last counts', () => {
  const metrics = [1, 2, 3].map((k) => ({
    epoch: 1,
    steps: 1000,
    network: 'actor',
    update: k,
    policy_std: k,
  }))
  const [group] = both().groups
  const runs = [{ ...group!.runs[0]!, metrics }]
  const { panels } = policyContent({ task: 'T', groups: [{ ...group!, runs }] })
  expect(panels[0]!.lines[0]!.points).toEqual([[1000, 3]])
})

test('a group has its place and colour by its name', () => {
  const groups = (order: ('dima' | 'mappo')[]) => tasksOf(order.map((algorithm) => ({ algorithm }))).groups
  const looks = (order: ('dima' | 'mappo')[]) => groups(order).map(({ name, look }) => [name, look.colour])
  expect(looks(['mappo', 'dima'])).toEqual(looks(['dima', 'mappo']))
})

test('a group whose runs differ in more than the seed is pointed out', () => {
  const alike = tasksOf([{ seed: 1, hyperparameters: { a: 1 } }, { seed: 2, hyperparameters: { a: 1 } }]) // biome-ignore format: runs
  const unlike = tasksOf([{ seed: 1, hyperparameters: { a: 1 } }, { seed: 2, hyperparameters: { a: 2 } }]) // biome-ignore format: runs
  expect(unlikeRuns(alike)).toEqual([])
  expect(unlikeRuns(unlike)[0]).toMatch(/dima-seed1 and dima-seed2 have different hyper-parameters/)
})
