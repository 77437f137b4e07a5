// npm run train: collects data and trains a world model in a run folder; the same command again resumes.
import { runCommand } from '../../common/command.ts'
import { agentSizes } from '../../env/task-spec.ts'
import { createReporter, duration } from '../progress.ts'
import { RunFolder } from '../run-folder.ts'
import { openSource } from '../sources/open-source.ts'
import type { EpisodeSource } from '../sources/source.ts'
import { presetOf, resolveConfig, runFolderOf, TrainFlags } from '../train-config.ts'
import { Trainer } from '../trainer.ts'

async function main(flags: TrainFlags): Promise<void> {
  const source = await openSource({ ...flags, envs: 0, policyStd: presetOf(flags.preset).policyStd })
  try {
    await train(flags, source)
  } finally {
    await source.close()
  }
}

async function train(flags: TrainFlags, source: EpisodeSource): Promise<void> {
  const config = resolveConfig(flags)
  agentSizes(source.spec) // the networks have one width for every agent: refused before anything is written
  const folder = new RunFolder(runFolderOf(flags))
  const run = { config, task: source.spec, origin: source.origin }
  const { commit } = folder.claim(run, `npm run train -- ${process.argv.slice(2).join(' ')}`.trim())
  const reporter = createReporter()
  reporter.note(`run ${folder.path}, commit ${commit.slice(0, 12)}`)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const trainer = await Trainer.create(config, folder, source, reporter)
  const began = performance.now()
  await trainer.run(stop.signal)
  await trainer.close()
  const spent = duration((performance.now() - began) / 1000)
  reporter.note(
    trainer.finished ? `finished in ${spent}` : 'stopped; the same command goes on from the last epoch',
  )
}

runCommand('train', TrainFlags, main)
