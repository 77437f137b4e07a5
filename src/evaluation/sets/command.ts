// What `npm run evaluate -- --sets` does: a run or a published model on fixed sets of episodes, as a table and as JSON.
import { writeFileAtomic } from '../../common/files.ts'
import type { Device } from '../../engine/device.ts'
import type { SourceFlags } from '../../episodes/sources/flags.ts'
import type { WeightType } from '../../registry/scores.ts'
import { RunFolder } from '../../runs/run-folder.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { openSimulator } from '../../worlds/open-simulator.ts'
import { openPlayer } from '../player.ts'
import { namedSets, playSet, type SetName } from './names.ts'
import { type SetScores, setTable } from './report.ts'
import { scoreSet } from './score-set.ts'
import { ofBundle, ofRun, type SetSubject } from './subject.ts'

export interface SetFlags extends SourceFlags {
  run: string
  bundle: string
  models: string
  sets: string
  out: string
  episodes: number
  segments: number
  seed: number
  device: Device
  weights?: WeightType
}

/** What there is to print. */
export async function setsCommand(flags: SetFlags): Promise<string> {
  const { run, bundle, models, segments, seed, device } = flags
  const subject = bundle ? await ofBundle(models, bundle) : await ofRun(run, flags.weights)
  const names = namedSets(flags.sets, subject.graphs.policy !== undefined)
  const simulator = await openSimulator(KINDS, subject.spec, subject.graphs, { device })
  try {
    const sets = await scored(names, subject, simulator, flags)
    const { choices } = simulator.kind
    const plan = choices.label(choices.every(subject.spec)[0])
    const { model, environment } = subject
    return report(setTable(sets), { model, environment, plan, seed, segments, sets }, flags)
  } finally {
    await simulator.close()
  }
}

async function scored(
  names: readonly SetName[],
  subject: SetSubject,
  simulator: Parameters<typeof scoreSet>[0],
  flags: SetFlags,
): Promise<SetScores> {
  const source = await subject.open(flags, flags.episodes)
  const policy = subject.graphs.policy && (await openPlayer(subject.spec, subject.graphs))
  const sets: SetScores = {}
  try {
    for (const name of names) {
      const episodes = await playSet(name, { source, policy }, flags.episodes, flags.seed)
      sets[name] = await scoreSet(simulator, episodes, flags)
    }
  } finally {
    await policy?.close()
    await source.close()
  }
  return sets
}

/** Nothing is written into a published model: it has the files that its manifest lists. */
function report(table: string, scores: object, { run, bundle, out }: SetFlags): string {
  const json = JSON.stringify(scores, null, 2)
  const file = out || (bundle ? '' : new RunFolder(run).file('held-out.json'))
  if (!file) return `${table}\n\n${json}`
  writeFileAtomic(file, `${json}\n`)
  return `${table}\nwritten: ${file}`
}
