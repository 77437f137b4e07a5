// npm run train: collects data and trains a world model in a run folder; the same command again resumes.

import { TrainCommandFlags } from '../algorithms/sweep/flags.ts'
import { runOfSweep } from '../algorithms/sweep/run-of-sweep.ts'
import { trainRun } from '../algorithms/train-run.ts'
import { runCommand } from '../common/command.ts'
import { exitCodeOf, onStopSignal } from '../common/stop-signals.ts'
import { createReporter, duration } from '../runs/progress.ts'

async function main(flags: TrainCommandFlags): Promise<void> {
  const argv = process.argv.slice(2)
  const ofSweep = runOfSweep(flags, argv, process.env)
  const reporter = createReporter()
  const stop = new AbortController()
  onStopSignal((signal) => {
    process.exitCode = exitCodeOf(signal) // so that `train && export` goes no further
    stop.abort()
  })
  const began = performance.now()
  const control = { reporter, signal: stop.signal }
  const finished = ofSweep
    ? await trainRun(ofSweep.flags, { ...control, command: ofSweep.command, waits: true })
    : await trainRun(flags, { ...control, command: `npm run train -- ${argv.join(' ')}`.trim() })
  if (finished) process.exitCode = 0
  const spent = duration((performance.now() - began) / 1000)
  reporter.note(finished ? `finished in ${spent}` : 'stopped; the same command goes on from the last epoch')
}

runCommand('train', TrainCommandFlags, main)
