// Recorded episodes and the segments cut from them line up: s_t, a_t, o_t, r_t, s_{t+1}.
import { describe, expect, test } from 'vitest'
import { collectEpisode, gaussianPolicy } from '../../src/episodes/replay/collect.ts'
import { drawSegments, rolloutOf } from '../../src/evaluation/held-out.ts'
import {
  LENGTH,
  nextState,
  observationOf,
  rewardOf,
  row,
  sizes,
  syntheticEnv,
} from '../runs/synthetic-env.ts'

const env = syntheticEnv()
const policy = gaussianPolicy(env, 0.5)
const { context: L, horizon: H } = sizes
const observations = (state: number[]) => [...observationOf(state, 0), ...observationOf(state, 1)]

describe('a recorded episode', () => {
  const episode = collectEpisode(env, policy, 1, 'collect', 0)

  test('has one state more than steps', () => {
    expect(episode.length).toBe(LENGTH)
    expect([episode.states.length, episode.actions.length]).toEqual([(LENGTH + 1) * 3, LENGTH * 2])
    expect([episode.observations.length, episode.rewards.length]).toEqual([LENGTH * 8, LENGTH])
  })

  test('pairs each state with the action taken in it and what followed', () => {
    for (let t = 0; t < LENGTH; t++) {
      const [state, action] = [row(episode.states, t, 3), row(episode.actions, t, 2)]
      expect(row(episode.states, t + 1, 3)).toEqual(nextState(state, action))
      expect(row(episode.observations, t, 8)).toEqual(observations(state))
      expect(episode.rewards[t]).toBe(Math.fround(rewardOf(state, action)))
    }
  })

  test('ends by the time limit, not by failure', () => {
    expect(episode).toMatchObject({ truncated: true, terminated: false })
  })

  test('is a function of its key', () => {
    expect(collectEpisode(env, policy, 1, 'collect', 0)).toEqual(episode)
    expect(collectEpisode(env, policy, 1, 'collect', 1).states).not.toEqual(episode.states)
  })
})

describe('segments', () => {
  const episodes = [0, 1, 2, 3].map((i) => collectEpisode(env, policy, 1, 'held-out', i))
  const segments = drawSegments(episodes, 60, 1, sizes)
  const rows = Array.from({ length: segments.count }, (_, i) => i)

  test('start with consecutive states and the actions between them', () => {
    for (const i of rows)
      for (let t = 0; t + 1 < L; t++)
        expect(row(segments.starts, i * L + t + 1, 3)).toEqual(
          nextState(row(segments.starts, i * L + t, 3), row(segments.pastActions, i * (L - 1) + t, 2)),
        )
  })

  test('go on from the last start state by the actions to come', () => {
    for (const i of rows) {
      let state = row(segments.starts, i * L + L - 1, 3)
      expect(row(segments.startObservations, i, 8)).toEqual(observations(state))
      for (let t = 0; t < H; t++) {
        const action = row(segments.actions, i * H + t, 2)
        expect(segments.rewards[i * H + t]).toBe(Math.fround(rewardOf(state, action)))
        state = nextState(state, action)
        expect(row(segments.states, i * H + t, 3)).toEqual(state)
        expect(row(segments.observations, i * H + t, 8)).toEqual(observations(state))
      }
    }
  })

  test('come from everywhere in every episode', () => {
    const starts = rows.map((i) => segments.starts[i * L * 3 + 2]!)
    expect(Math.min(...starts)).toBe(0)
    expect(Math.max(...starts)).toBe(LENGTH - L - H - 1)
    expect(new Set(rows.map((i) => segments.starts[i * L * 3])).size).toBeGreaterThan(30)
  })

  test('are a function of the seed', () => {
    expect(drawSegments(episodes, 60, 1, sizes)).toEqual(segments)
    expect(drawSegments(episodes, 60, 2, sizes)).not.toEqual(segments)
  })

  test('need an episode that is long enough', () => {
    expect(() => drawSegments([], 1, 1, sizes)).toThrow('none of 0 episodes is longer than 8 steps')
  })

  test('are imagined from full windows', () => {
    const rollout = rolloutOf(segments, sizes, { name: 'joint', order: [] }, 3)
    expect(rollout).toMatchObject({ batch: 60, horizon: H, seed: 3 })
    expect([...new Set(rollout.windows)]).toEqual([L])
    expect([rollout.states, rollout.actions]).toEqual([segments.starts, segments.actions])
  })
})
