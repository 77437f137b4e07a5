// npm run study:denoiser: what a change of the denoiser's training or size gives. Each variant learns from scratch from the stored
// episodes of a run, as many updates as the others, and imagines episodes that were played for the purpose.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { type Row, record, significant, write } from '../../../loadtest/record.ts'
import { presetOf } from '../../../src/algorithms/dima/config.ts'
import { asDimaModel, type DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import { reopenSource } from '../../../src/algorithms/reopen-source.ts'
import { runCommand } from '../../../src/common/command.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import { openPlayer } from '../../../src/evaluation/player.ts'
import { playSet, SET_NAMES } from '../../../src/evaluation/sets/names.ts'
import { scoreSet } from '../../../src/evaluation/sets/score-set.ts'
import { ofRun } from '../../../src/evaluation/sets/subject.ts'
import { closeWorld, simulatorOf } from '../../../src/evaluation/study/subject.ts'
import { dataOf, trainDenoiser } from '../../../src/evaluation/study/train-denoiser.ts'
import { readTrainedModel } from '../../../src/evaluation/trained-model.ts'
import { RunFolder } from '../../../src/runs/run-folder.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/dima/networks/presets.ts'
import { DimaSimulator } from '../../../src/worlds/dima/serve/simulator.ts'
import { kindOf } from '../../../src/worlds/kind-of.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { parseVariants, type Variant } from './variants.ts'

/** The source is where the record of the run says. */
const NOT_MOVED = { env: '', envTokenVariable: '', envs: 0, dataset: '' }

const count = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const Flags = Type.Object(
  {
    run: Type.String({
      default: 'runs/halfcheetah-2x3-dima-small-seed1',
      description: 'run whose episodes are learned from, and whose policy plays the others',
    }),
    variants: Type.String({
      default: 'as it is',
      description: 'name: field=value, field=value; name: ...',
    }),
    out: Type.String({ default: '.scratch/denoisers', description: 'folder in which learners are kept' }),
    updates: count(4000, 'of every variant, rates falling to 0'),
    episodes: count(10, 'of each set'),
    segments: count(500, 'of each set'),
    seed: count(1, 'of learning, episodes and segments'),
    bench: Type.String({ default: 'bench/denoiser.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

async function main(flags: Flags): Promise<void> {
  const model = asDimaModel(await readTrainedModel(flags.run))
  const { preset } = model.record.config
  const variants = parseVariants(flags.variants, NETWORK_PRESETS[preset].denoiser, presetOf(preset))
  const sets = await playSets(model, flags)
  const data = dataOf(storedEpisodes(flags.run))
  const { run, updates, episodes, segments, seed } = flags
  const notes = { run, learnsFrom: data.replay.episodes.length, updates, episodes, segments, seed }
  const rows: Row[] = []
  for (const variant of variants) {
    rows.push(await measure(model, variant, data, sets, flags))
    write(flags.bench, notes, rows)
  }
  record(flags.bench, notes, rows)
}

function storedEpisodes(path: string): Episode[] {
  const run = new RunFolder(path)
  const episodes: Episode[] = []
  while (run.hasEpisode(episodes.length)) episodes.push(run.loadEpisode(episodes.length))
  return episodes
}

type Sets = Record<string, Episode[]>

async function playSets({ record }: DimaModel, { run, episodes, seed }: Flags): Promise<Sets> {
  const subject = await ofRun(run, 'float32')
  const source = await reopenSource(record, NOT_MOVED, episodes * record.task.episodeLimit)
  const policy = await openPlayer(subject.spec, subject.graphs)
  const sets: Sets = {}
  for (const name of SET_NAMES) sets[name] = await playSet(name, { source, policy }, episodes, seed)
  await policy.close()
  await source.close()
  return sets
}

/** L1 in standard deviations of each set, one step and the sum over the horizon. */
async function measure(
  { task, record: { config } }: DimaModel,
  { name, sizes, hyperparameters }: Variant,
  data: ReturnType<typeof dataOf>,
  sets: Sets,
  { out, updates, segments, seed }: Flags,
): Promise<Row> {
  mkdirSync(out, { recursive: true })
  const cpu = process.cpuUsage()
  const training = { task, sizes, hyperparameters, updates, seed }
  const { p: parameters } = await trainDenoiser(
    training,
    data,
    join(out, `${name}.learner`),
    (update, loss) => {
      if (update % 500 === 0) console.error(`${name}, update ${update}: loss ${loss.toFixed(4)}`)
    },
  )
  const { user, system } = process.cpuUsage(cpu)
  const trained = { task, preset: config.preset, sizes, statistics: data.statistics, parameters }
  const world = await simulatorOf(trained)
  const simulator = new DimaSimulator(world.spec, world.graphs)
  const subject = {
    kind: kindOf(KINDS, world.spec),
    spec: world.spec,
    rollout: simulator.rollout.bind(simulator),
  }
  const row: Row = { variant: name, cpuSeconds: Math.round((user + system) / 1e6) }
  for (const [set, episodes] of Object.entries(sets)) {
    const { oneStepStateL1, cumulativeStateL1 } = await scoreSet(subject, episodes, { segments, seed })
    row[`${set}, 1 step`] = significant(oneStepStateL1)
    row[`${set}, ${cumulativeStateL1.length} steps`] = significant(cumulativeStateL1.at(-1)!)
  }
  await closeWorld(world)
  console.error(JSON.stringify(row))
  return row
}

runCommand('study:denoiser', Flags, main)
