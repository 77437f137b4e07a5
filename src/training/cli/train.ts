// npm run train: collects data and trains a world model in a run folder; the same command again resumes.
import { runCommand } from '../../common/command.ts'
import { agentSizes } from '../../env/task-spec.ts'
import { createReporter, duration, type Reporter } from '../progress.ts'
import { RunFolder } from '../run-folder.ts'
import { openSource } from '../sources/open-source.ts'
import type { EpisodeSource } from '../sources/source.ts'
import { presetOf, resolveConfig, runFolderOf, STEPS, TrainFlags } from '../train-config.ts'
import { Trainer } from '../trainer.ts'

async function main(flags: TrainFlags): Promise<void> {
  const reporter = createReporter()
  const source = await openSource({
    ...flags,
    steps: flags.steps ?? STEPS,
    policyStd: presetOf(flags.preset).policyStd,
    onProgress: (done, all) => reporter.status(`reading ${flags.dataset}: ${done} of ${all} episodes`),
  })
  try {
    await train(flags, source, reporter)
  } finally {
    await source.close()
  }
}

async function train(flags: TrainFlags, source: EpisodeSource, reporter: Reporter): Promise<void> {
  const config = resolveConfig(flags, source)
  agentSizes(source.spec) // the networks have one width for every agent: refused before anything is written
  const folder = new RunFolder(runFolderOf(flags, config))
  const run = { config, task: source.spec, origin: source.origin }
  const { commit } = folder.claim(run, `npm run train -- ${process.argv.slice(2).join(' ')}`.trim())
  for (const remark of source.remarks ?? []) reporter.note(remark)
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
