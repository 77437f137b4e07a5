// What `npm run evaluate` does, by its flags: plays, scores, and writes the scores into the run's folder.
import Type, { type Static } from 'typebox'
import { reopenSource } from '../algorithms/reopen-source.ts'
import { evaluationEpisodes } from '../algorithms/tuned-task.ts'
import { writeFileAtomic } from '../common/files.ts'
import { deviceFlag, requireDevice } from '../engine/device-flag.ts'
import { movedFlags } from '../episodes/sources/flags.ts'
import { compileGraphs } from '../graph/serving-graph.ts'
import type { Scores } from '../registry/scores.ts'
import { RunFolder } from '../runs/run-folder.ts'
import type { TrainedModel } from '../runs/trained-model.ts'
import { KINDS } from '../worlds/kinds.ts'
import { openSimulator } from '../worlds/open-simulator.ts'
import { evaluate } from './evaluate.ts'
import { policyText } from './policy-scores.ts'
import { scorePlot, scoreTable } from './report.ts'
import { setsCommand } from './sets/command.ts'
import { SET_NAMES } from './sets/names.ts'
import { readTrainedModel } from './trained-model.ts'
import { playPolicy, unseenEpisodes } from './unseen-episodes.ts'
import { weightsFlag, withWeightType } from './weight-type.ts'

export const EvaluateFlags = Type.Object(
  {
    run: Type.String({ default: 'runs/halfcheetah-2x3-dima-small-seed1', description: 'run folder' }),
    episodes: Type.Integer({
      default: 40,
      minimum: 1,
      description: "fresh episodes, of the run's policy if it has one, or held-out ones of a data set",
    }),
    segments: Type.Integer({ default: 2000, minimum: 1, description: 'segments drawn from them' }),
    seed: Type.Integer({
      default: 1,
      minimum: 0,
      description: 'seed of episodes, segments and sampling noise',
    }),
    sets: Type.String({
      default: '',
      description: `only the error on fixed sets of episodes, each in its own deviations, beside persistence: ${SET_NAMES.join(',')}, or some of them`,
    }),
    bundle: Type.String({
      default: '',
      description: 'a published model in place of --run, by name, name@label or name/version: its sets',
    }),
    models: Type.String({ default: 'models', description: 'models folder of --bundle' }),
    out: Type.String({
      default: '',
      description: 'JSON of the sets (default: held-out.json of the run; printed for --bundle)',
    }),
    ...deviceFlag,
    ...weightsFlag,
    ...movedFlags,
  },
  { additionalProperties: false },
)

export type EvaluateFlags = Static<typeof EvaluateFlags>

/** Of a policy with mean actions, as many as training plays, unless all are the same. */
const RETURNS = 10

/** What there is to print. */
export async function evaluateCommand(flags: EvaluateFlags): Promise<string> {
  await requireDevice(flags.device)
  if (flags.sets || flags.bundle) return setsCommand(flags)
  const model = withWeightType(await readTrainedModel(flags.run), flags.weights)
  const { device, segments, seed } = flags
  const episodes = await playAll(model, flags)
  const simulator = await openSimulator(KINDS, model.spec, compileGraphs(model), { device })
  const scores = {
    ...(await evaluate(simulator, { ...episodes, segments, seed })),
    weights: model.weightType,
  }
  await simulator.close()
  return report(model, scores, new RunFolder(flags.run))
}

async function playAll(model: TrainedModel, flags: EvaluateFlags) {
  const { episodes: count, seed } = flags
  const source = await reopenSource(model.record, flags, count * model.task.episodeLimit)
  try {
    const episodes = await unseenEpisodes(model, source, count, seed)
    if (!model.networks.policy || !source.play) return { episodes }
    const { episodes: returns = RETURNS } = evaluationEpisodes(model.task.name)
    const mean = await playPolicy(model, source, { mode: 'mean', count: returns, seed })
    return { episodes, meanActionEpisodes: mean }
  } finally {
    await source.close()
  }
}

function report(model: TrainedModel, scores: Scores, folder: RunFolder): string {
  writeFileAtomic(folder.file('evaluation.json'), `${JSON.stringify(scores, null, 2)}\n`)
  const title = `${model.task.name}, preset ${model.record.config.preset}: imagination error, ${scores.segments} held-out segments`
  writeFileAtomic(folder.file('error.svg'), scorePlot(scores, title))
  const [l1, smooth] = [scores.rewardL1.toFixed(4), scores.rewardSmoothL1.toFixed(4)]
  return [
    `${scoreTable(scores)}\n\nreward L1 ${l1}, smooth L1 ${smooth} on true states`,
    ...(scores.policy ? [policyText(scores.policy, model.spec.horizon)] : []),
    `written: ${folder.file('evaluation.json')}, ${folder.file('error.svg')}`,
  ].join('\n')
}
