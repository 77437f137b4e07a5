// A whole run from its flags: opens the source, claims the folder, trains.
import { agentSizes } from '../env/task-spec.ts'
import type { Reporter } from './progress.ts'
import { RunFolder } from './run-folder.ts'
import { openSource } from './sources/open-source.ts'
import type { EpisodeSource } from './sources/source.ts'
import {
  algorithmOf,
  presetOf,
  resolveConfig,
  runFolderOf,
  stepsOf,
  type TrainFlags,
} from './train-config.ts'
import { Trainer } from './trainer.ts'

export interface RunControl {
  reporter: Reporter
  /** stops it; the same flags go on from the last epoch */
  signal: AbortSignal
  /** as the run folder keeps it */
  command: string
}

/** Whether the run is finished. Nothing is written for flags or a source that can't be used. */
export async function trainRun(flags: TrainFlags, control: RunControl): Promise<boolean> {
  const source = await openSource({
    ...flags,
    envs: flags.envs || copiesFor(flags),
    steps: stepsOf(flags),
    policyStd: presetOf(flags.preset).policyStd,
    onProgress: (done, all) =>
      control.reporter.status(`reading ${flags.dataset}: ${done} of ${all} episodes`),
  })
  try {
    return await trainFrom(source, flags, control)
  } finally {
    await source.close()
  }
}

/** A policy that learns plays one episode at a time: those begun ahead would be an older policy's. 0: the source's choice. */
const copiesFor = (flags: TrainFlags): number => (algorithmOf(flags) === 'dima' ? 1 : 0)

async function trainFrom(source: EpisodeSource, flags: TrainFlags, control: RunControl): Promise<boolean> {
  const { reporter, signal, command } = control
  const config = resolveConfig(flags, source)
  agentSizes(source.spec) // the networks have one width for every agent
  const folder = new RunFolder(runFolderOf(flags, config))
  const { commit } = folder.claim({ config, task: source.spec, origin: source.origin }, command)
  for (const remark of source.remarks ?? []) reporter.note(remark)
  reporter.note(`run ${folder.path}, commit ${commit.slice(0, 12)}`)
  const trainer = await Trainer.create(config, folder, source, reporter, flags.cores)
  try {
    await trainer.run(signal)
  } finally {
    await trainer.close()
  }
  return trainer.finished
}
