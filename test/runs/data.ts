// Small random replays, and folders that go away. Loads no network, so that tests of the data alone start fast.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import type { Episode } from '../../src/episodes/replay/episode.ts'
import type { Data } from '../../src/episodes/replay/intake.ts'
import { Replay } from '../../src/episodes/replay/replay.ts'
import { RunningStatistics } from '../../src/episodes/statistics.ts'

/** Of HalfCheetah-2x3. */
export const dims = { context: 3, agents: 2, action: 3, state: 17, observation: 19, horizon: 15 }

export function randomEpisode(
  length: number,
  end: 'terminated' | 'truncated',
  ...key: (string | number)[]
): Episode {
  const rng = new Rng('episode', ...key)
  const numbers = (count: number) => Float64Array.from({ length: count }, () => rng.normal())
  const { state: S, agents: N, action: A, observation: O } = dims
  return {
    length,
    states: numbers((length + 1) * S).map((x, i) => x * (1 + (i % S)) + (i % S)),
    actions: Float32Array.from(numbers(length * N * A)),
    observations: Float32Array.from(numbers(length * N * O)),
    rewards: Float32Array.from(numbers(length)),
    terminated: end === 'terminated',
    truncated: end === 'truncated',
  }
}

/** Episodes that end in turn by failure and by the time limit. */
export function randomData(lengths = [30, 45, 25, 60, 40], capacity = 1e6): Data {
  const replay = new Replay(capacity)
  const statistics = new RunningStatistics(dims.state)
  for (const [i, length] of lengths.entries()) {
    const episode = randomEpisode(length, i % 2 ? 'truncated' : 'terminated', i)
    replay.add(episode)
    statistics.update(episode)
  }
  return { replay, statistics }
}

/** An episode of which only the length matters. */
export const blankEpisode = (length: number): Episode => ({
  length,
  states: new Float64Array(0),
  actions: new Float32Array(0),
  observations: new Float32Array(0),
  rewards: new Float32Array(0),
  terminated: false,
  truncated: true,
})

export function blankReplay(lengths: number[], capacity = 1e6): Replay {
  const replay = new Replay(capacity)
  for (const length of lengths) replay.add(blankEpisode(length))
  return replay
}

export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dima-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
