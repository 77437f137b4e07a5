// A file of recorded episodes: opened, checked to its last number, and then read episode by episode.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { sum } from '../../common/statistics.ts'
import { demandEqualAgents, type TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from '../replay/episode.ts'
import { type Attributes, readAttributes } from './attributes.ts'
import { type ActionRange, describeTask } from './describe.ts'
import { foreignLayout } from './foreign/which.ts'
import { Hdf5File } from './hdf5.ts'
import { type Layout, naturally, readLayout } from './layout.ts'
import { locateDataset } from './locate.ts'
import { type RecordedEpisode, readRecorded } from './recorded-episode.ts'
import { joinRows } from './rows.ts'
import { mostSteps, stepsIn } from './steps.ts'

/** An episode with fewer steps teaches nothing. */
const SHORTEST = 2

export interface EpisodeFacts {
  /** its group */
  name: string
  length: number
  /** sum of the rewards */
  total: number
  terminated: boolean
  /** its last transition had no successor */
  cut: boolean
  /** where agents were paid differently: the first such rewards, by agent */
  unequalRewards: RecordedEpisode['unequalRewards']
}

/** How far reading is: episodes checked, of how many. */
export type OnProgress = (done: number, all: number) => void

export class Dataset {
  readonly file: string
  readonly sha256: string
  readonly spec: TaskSpec
  /** in the order of their numbers */
  readonly episodes: readonly EpisodeFacts[]
  /** groups that were left out: they are empty or a single step long */
  readonly skipped: number
  /** whether states are the observations of all agents one after the other */
  readonly joinedState: boolean
  private readonly hdf5: Hdf5File
  private readonly layout: Layout

  private constructor(file: string, sha256: string, hdf5: Hdf5File, content: Content) {
    this.file = file
    this.sha256 = sha256
    this.hdf5 = hdf5
    this.layout = content.layout
    this.spec = content.spec
    this.episodes = content.episodes
    this.skipped = content.skipped
    this.joinedState = !content.layout.state
  }

  /** @param path as of locateDataset. DimaError `invalid_dataset` with file, episode and key. */
  static async open(path: string, onProgress: OnProgress = () => {}): Promise<Dataset> {
    const located = locateDataset(path)
    const hdf5 = await Hdf5File.open(located.file)
    try {
      const content = readContent(hdf5, readAttributes(hdf5, located), onProgress)
      return new Dataset(path, await sha256Of(located.file), hdf5, content)
    } catch (error) {
      hdf5.close()
      throw error
    }
  }

  /** One of `episodes`. DimaError `unequal_agents` where the agents differ in size. */
  read(index: number): Episode {
    demandEqualAgents(this.spec)
    const recorded = readRecorded(this.hdf5, this.episodes[index]!.name, this.layout)
    const { length, states, rewards, terminated, truncated } = recorded
    const actions = joinRows(recorded.actions, 'float32').values
    const observations = joinRows(recorded.observations, 'float32').values
    return { length, states, actions, observations, rewards, terminated, truncated }
  }

  /** May be called twice. */
  close(): void {
    this.hdf5.close()
  }
}

interface Content {
  layout: Layout
  spec: TaskSpec
  episodes: readonly EpisodeFacts[]
  skipped: number
}

/** Reads everything once. */
function readContent(hdf5: Hdf5File, attributes: Attributes, onProgress: OnProgress): Content {
  const groups = episodeGroups(hdf5)
  const begun = groups.filter((name) => hdf5.keys(name).length > 0)
  const first = begun.find((name) => mostSteps(hdf5, name) >= SHORTEST)
  if (first === undefined) throw hdf5.invalid('', `none of ${groups.length} episodes has ${SHORTEST} steps`)
  const order = attributes.taskSpec?.agents.map(({ name }) => name)
  const layout = readLayout(hdf5, first, order)
  const used = begun.filter((name) => stepsIn(hdf5, name, layout) >= SHORTEST)
  const { facts, range } = readAll(hdf5, layout, used, onProgress)
  const episodes = facts.filter(({ length }) => length >= SHORTEST)
  if (episodes.length === 0) throw hdf5.invalid('', `no episode has ${SHORTEST} steps with a successor`)
  const ownRewards = episodes.some(({ unequalRewards }) => unequalRewards)
  const spec = describeTask(hdf5, layout, attributes, { range, ownRewards })
  return { layout, spec, episodes, skipped: groups.length - episodes.length }
}

/** episode_0, episode_1, ..., episode_10. */
function episodeGroups(hdf5: Hdf5File): string[] {
  const groups = naturally(hdf5.keys('').filter((name) => /^episode_\d+$/.test(name)))
  if (groups.length > 0) return groups
  const other = foreignLayout(hdf5)
  const advice = other
    ? `: it is laid out as ${other} has it. npm run dataset -- --convert ${hdf5.name} --out NEW.hdf5 writes it anew`
    : ''
  throw hdf5.invalid('', `has no groups episode_0, episode_1, ...${advice}`, { expected: 'episode_0' })
}

function readAll(hdf5: Hdf5File, layout: Layout, groups: readonly string[], onProgress: OnProgress) {
  const range: ActionRange = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }
  const facts = groups.map((name, i) => {
    const episode = readRecorded(hdf5, name, layout)
    for (const { values } of episode.actions) widen(range, values)
    onProgress(i + 1, groups.length)
    return factsOf(name, episode)
  })
  return { facts, range }
}

const factsOf = (name: string, episode: RecordedEpisode): EpisodeFacts => ({
  name,
  length: episode.length,
  total: sum(episode.rewards),
  terminated: episode.terminated,
  cut: episode.cut,
  unequalRewards: episode.unequalRewards,
})

function widen(range: ActionRange, values: Float32Array): void {
  for (const value of values) {
    range.low = Math.min(range.low, value)
    range.high = Math.max(range.high, value)
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
