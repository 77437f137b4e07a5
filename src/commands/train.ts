// npm run train: collects data and trains a world model in a run folder; the same command again resumes.

import { TrainFlags } from '../algorithms/train-flags.ts'
import { trainRun } from '../algorithms/train-run.ts'
import { runCommand } from '../common/command.ts'
import { exitCodeOf, onStopSignal } from '../common/stop-signals.ts'
import { createReporter, duration } from '../runs/progress.ts'

async function main(flags: TrainFlags): Promise<void> {
  const reporter = createReporter()
  const stop = new AbortController()
  onStopSignal((signal) => {
    process.exitCode = exitCodeOf(signal) // so that `train && export` goes no further
    stop.abort()
  })
  const began = performance.now()
  const command = `npm run train -- ${process.argv.slice(2).join(' ')}`.trim()
  const finished = await trainRun(flags, { reporter, signal: stop.signal, command })
  if (finished) process.exitCode = 0
  const spent = duration((performance.now() - began) / 1000)
  reporter.note(finished ? `finished in ${spent}` : 'stopped; the same command goes on from the last epoch')
}

runCommand('train', TrainFlags, main)
