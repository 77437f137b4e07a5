// A whole run from its flags: opens the source, claims the folder, trains.
import { setTimeout as after } from 'node:timers/promises'
import { DimaError } from '../common/errors.ts'
import { MEAN_OF_OWN } from '../env/own-rewards.ts'
import { hasRawActions } from '../env/scaled-actions.ts'
import { openSource } from '../episodes/sources/open-source.ts'
import { RANDOM_STD } from '../episodes/sources/random-actions.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import type { Reporter } from '../runs/progress.ts'
import { RunFolder } from '../runs/run-folder.ts'
import type { RunTrainer } from '../runs/run-trainer.ts'
import { lockWhenFree } from '../runs/wait-for-lock.ts'
import { ALGORITHM_TABLE } from './algorithms.ts'
import { checkedConfig } from './checked-config.ts'
import { continued } from './continued.ts'
import { algorithmOf, HELD_OUT, runFolderOf, stepsOf, type TrainFlags } from './train-flags.ts'

export interface RunControl {
  reporter: Reporter
  /** stops it; the same flags go on from the last epoch */
  signal: AbortSignal
  /** as the run folder keeps it */
  command: string
  /** where another process trains in the folder it waits for its end, instead of being refused */
  waits?: boolean
}

/** Whether the run is finished. Nothing is written for flags or a source that can't be used. */
export async function trainRun(flags: TrainFlags, control: RunControl): Promise<boolean> {
  checkedConfig(flags)
  const opened = openSource(sourceOptions(flags, control.reporter))
  const source = await unlessStopped(opened, control.signal)
  if (!source) return false
  try {
    return await trainFrom(source, flags, control)
  } finally {
    await source.close()
  }
}

/** Where a run's episodes come from. The random policy that it begins with is as wide as its configuration says. */
export function sourceOptions(flags: TrainFlags, reporter: Reporter): Parameters<typeof openSource>[0] {
  const algorithm = ALGORITHM_TABLE[algorithmOf(flags)]
  const config = algorithm.config(flags)
  const { policyStd = RANDOM_STD, rewards } = config.hyperparameters
  const folder = new RunFolder(runFolderOf(flags, config))
  return {
    ...flags,
    heldOut: flags.heldOut ?? HELD_OUT,
    envs: algorithm.copies(flags),
    steps: stepsOf(flags),
    needed: algorithm.needed,
    policyStd,
    rewardsApart: rewards === 'per-agent',
    asDeclared: folder.begun && hasRawActions(folder.record(algorithm.restore).task),
    note: reporter.note,
    onProgress: (done, all) => reporter.status(`reading ${flags.dataset}: ${done} of ${all} episodes`),
  }
}

async function trainFrom(source: EpisodeSource, flags: TrainFlags, control: RunControl): Promise<boolean> {
  const { reporter, signal, command, waits } = control
  const algorithm = ALGORITHM_TABLE[algorithmOf(flags)]
  const asked = algorithm.config(flags, source)
  const folder = new RunFolder(runFolderOf(flags, asked))
  const lock = waits ? await lockWhenFree(folder, reporter, signal) : folder.lock()
  if (!lock) return false
  try {
    const recorded = folder.begun ? folder.record(algorithm.restore).config : undefined
    const config = continued(asked, recorded, flags, algorithm.byPlan)
    const { commit } = folder.claim(
      { config, task: source.spec, origin: source.origin },
      command,
      algorithm.restore,
    )
    for (const remark of source.remarks ?? []) reporter.note(remark)
    reporter.note(`run ${folder.path}, commit ${commit.slice(0, 12)}`)
    const opened = algorithm.trainer(config, { folder, source, reporter, resources: flags })
    const trainer = await unlessStopped(opened, signal)
    if (!trainer) return false
    await runToEnd(trainer, AbortSignal.any([signal, lock.lost]))
    if (source.spec.reward.includes(MEAN_OF_OWN)) folder.reword(source.spec.reward)
    lock.lost.throwIfAborted()
    return trainer.finished
  } finally {
    lock.release()
  }
}

/** What a signal to all processes of a terminal takes to arrive in each of them. */
const SIGNAL_MS = 100

/**
 * Undefined when it failed and the run is to stop. Ctrl-C ends the compiler of a checkout (esbuild) too, and then no module can
 * be loaded; before a run trains there is nothing to lose.
 */
async function unlessStopped<T>(opened: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await opened
  } catch (error) {
    if (error instanceof DimaError) throw error
    await after(SIGNAL_MS)
    if (signal.aborted) return undefined
    throw error
  }
}

async function runToEnd(trainer: RunTrainer, signal: AbortSignal): Promise<void> {
  try {
    await trainer.run(signal)
  } finally {
    await trainer.close()
  }
}
