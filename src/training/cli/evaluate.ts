// npm run evaluate: imagination error of a run's world model on held-out episodes; table, evaluation.json, error.svg.
import Type, { type Static } from 'typebox'
import { runCommand } from '../../common/command.ts'
import { writeFileAtomic } from '../../common/files.ts'
import { evaluate } from '../evaluate.ts'
import { scorePlot, scoreTable } from '../report.ts'
import { RunFolder } from '../run-folder.ts'
import { movedFlags } from '../sources/flags.ts'
import { reopenSource } from '../sources/open-source.ts'
import { compileGraphs, openSimulator, readTrainedModel } from '../trained-model.ts'

const EvaluateFlags = Type.Object(
  {
    run: Type.String({ default: 'runs/halfcheetah-2x3-small-seed1', description: 'run folder' }),
    episodes: Type.Integer({
      default: 40,
      minimum: 1,
      description: 'fresh episodes, or held-out ones of a data set',
    }),
    segments: Type.Integer({ default: 2000, minimum: 1, description: 'segments drawn from them' }),
    seed: Type.Integer({
      default: 1,
      minimum: 0,
      description: 'seed of episodes, segments and sampling noise',
    }),
    ...movedFlags,
  },
  { additionalProperties: false },
)

async function main(flags: Static<typeof EvaluateFlags>): Promise<void> {
  const model = readTrainedModel(flags.run)
  const source = await reopenSource(model.record, flags, flags.episodes * model.task.episodeLimit)
  const episodes = await source.heldOut(flags.episodes, flags.seed).finally(() => source.close())
  const graphs = compileGraphs(model)
  const simulator = await openSimulator(model, graphs)
  const scores = await evaluate(model, graphs, simulator, {
    episodes,
    segments: flags.segments,
    seed: flags.seed,
  })
  await simulator.close()
  const folder = new RunFolder(flags.run)
  writeFileAtomic(folder.file('evaluation.json'), `${JSON.stringify(scores, null, 2)}\n`)
  const title = `${model.task.name}, preset ${model.record.config.preset}: imagination error, ${flags.segments} held-out segments`
  writeFileAtomic(folder.file('error.svg'), scorePlot(scores, title))
  console.log(scoreTable(scores))
  console.log(
    `\nreward L1 ${scores.rewardL1.toFixed(4)}, smooth L1 ${scores.rewardSmoothL1.toFixed(4)} on true states`,
  )
  console.log(`written: ${folder.file('evaluation.json')}, ${folder.file('error.svg')}`)
}

runCommand('evaluate', EvaluateFlags, main)
