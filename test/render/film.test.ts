import { expect, test } from 'vitest'
import { resolveTask } from '../../src/env/make-env.ts'
import { film } from '../../src/render/film.ts'
import { ofSimulated } from '../../src/render/sources/simulated.ts'
import { cut } from '../../src/render/trajectory.ts'
import { elementsOf, trueEpisode } from './scenes.ts'

const task = resolveTask('HalfCheetah-2x3')
const steps = (svgs: string[]) => svgs.map((svg) => Number(/step (\d+)/.exec(svg)![1]))
const ghost = (svg: string) => svg.slice(svg.indexOf('class="ghost"'), svg.indexOf('<text x="12"'))

test('a frame for every step, or every so many and the last', async () => {
  const trajectory = ofSimulated(await trueEpisode('HalfCheetah-2x3'))
  const draw = async (every: number) => steps(await film(task, [trajectory], { every, width: 480 }))
  expect(await draw(1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(await draw(5)).toEqual([0, 5, 10, 12])
  expect(await draw(6)).toEqual([0, 6, 12])
  expect(await draw(100)).toEqual([0, 12])
})

test('frames differ, are well-formed, and rewards belong to the step before', async () => {
  const episode = await trueEpisode('HalfCheetah-2x3')
  const svgs = await film(task, [ofSimulated(episode)], { every: 1, width: 480 })
  expect(new Set(svgs).size).toBe(13)
  svgs.forEach(elementsOf)
  expect(svgs[0]).not.toContain('reward')
  svgs.slice(1).forEach((svg, t) => {
    const said = Number(/reward (-?[\d.]+)/.exec(svg)![1])
    expect(Math.abs(said - episode.rewards[t]!)).toBeLessThanOrEqual(0.0051)
  })
})

test('a trajectory that ends first stands still', async () => {
  const long = ofSimulated(await trueEpisode('HalfCheetah-2x3'))
  const short = { ...cut(long, 0, 4), name: 'imagined' }
  const svgs = await film(task, [{ ...long, qpos: long.qpos.map(() => long.qpos[0]!) }, short], {
    every: 1,
    width: 480,
  })
  expect(steps(svgs)).toHaveLength(13)
  expect(svgs.at(-1)).toContain(`imagined · ${short.qpos[4]![0]!.toFixed(2)} m`)
  expect(ghost(svgs[3]!)).not.toBe(ghost(svgs[4]!))
  expect(ghost(svgs[11]!)).toBe(ghost(svgs[12]!))
})

test('a cut keeps the numbers of its steps', async () => {
  const trajectory = ofSimulated(await trueEpisode('HalfCheetah-2x3'))
  const part = cut(trajectory, 5, 3)
  expect(part).toMatchObject({
    firstStep: 5,
    qpos: trajectory.qpos.slice(5, 9),
    rewards: trajectory.rewards.slice(5, 9),
  })
  expect(cut({ ...trajectory, firstStep: 1 }, 0, 2)).toMatchObject({
    firstStep: 1,
    qpos: trajectory.qpos.slice(0, 3),
  })
  expect(cut(trajectory, 100, 3)).toMatchObject({ firstStep: 12, qpos: [trajectory.qpos[12]] })
})
