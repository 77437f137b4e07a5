// npm run train: collects data and trains a world model in a run folder; the same command again resumes.
import { runCommand } from '../../common/command.ts'
import { createReporter, duration } from '../progress.ts'
import { RunFolder } from '../run-folder.ts'
import { resolveConfig, runFolderOf, TrainFlags } from '../train-config.ts'
import { Trainer } from '../trainer.ts'

async function main(flags: TrainFlags): Promise<void> {
  const config = resolveConfig(flags)
  const folder = new RunFolder(runFolderOf(flags))
  const { commit } = folder.claim(config, `npm run train -- ${process.argv.slice(2).join(' ')}`.trim())
  const reporter = createReporter()
  reporter.note(`run ${folder.path}, commit ${commit.slice(0, 12)}`)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const trainer = await Trainer.create(config, folder, reporter)
  const began = performance.now()
  await trainer.run(stop.signal)
  await trainer.close()
  const spent = duration((performance.now() - began) / 1000)
  reporter.note(
    trainer.finished ? `finished in ${spent}` : 'stopped; the same command goes on from the last epoch',
  )
}

runCommand('train', TrainFlags, main)
