// What `npm run export` does, by its flags: compiles, verifies, publishes, and moves the label.

import Type, { type Static } from 'typebox'
import { reopenSource } from '../algorithms/reopen-source.ts'
import { requireDevice } from '../engine/device-flag.ts'
import { resolveTask } from '../env/make-env.ts'
import { bodyTree, isDrawable } from '../env/mujoco/body-tree.ts'
import { movedFlags } from '../episodes/sources/flags.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import { readTrainedModel } from '../evaluation/trained-model.ts'
import { weightsFlag, withWeightType } from '../evaluation/weight-type.ts'
import { compileGraphs } from '../graph/serving-graph.ts'
import type { Bundle } from '../registry/load.ts'
import { publish } from '../registry/publish.ts'
import { learningCurveSvg } from '../report/figures/learning-curves.ts'
import { readRun } from '../report/run.ts'
import { modelNameOf } from '../runs/names.ts'
import type { TrainedModel } from '../runs/trained-model.ts'
import { KINDS } from '../worlds/kinds.ts'
import { type BundleParts, bundleFiles, bundleManifest } from './bundle.ts'
import { comparisonFlags } from './comparison/flags.ts'
import { type Chosen, chooseDistilled } from './distil/distil.ts'
import { distilFlags } from './distil/flags.ts'
import { exampleEpisodes } from './example-episodes.ts'
import { createExamples } from './examples.ts'
import { moveLabel } from './label-guard.ts'
import { readScores } from './scores.ts'
import { createStarts, STARTS } from './starts.ts'
import { verifyGraphs } from './verify.ts'

export const ExportFlags = Type.Object(
  {
    run: Type.String({ default: 'runs/halfcheetah-2x3-dima-small-seed1', description: 'run folder' }),
    name: Type.String({
      default: '',
      description: 'model name (default: the task in lower case, without version)',
    }),
    models: Type.String({ default: 'models', description: 'models folder' }),
    label: Type.String({
      default: '',
      description:
        'label to point to the new version, for example stable; it stays where the new one is worse',
    }),
    force: Type.Boolean({
      default: false,
      description: 'point --label to the new version even if it is worse',
    }),
    ...comparisonFlags,
    ...weightsFlag,
    ...distilFlags,
    ...movedFlags,
  },
  { additionalProperties: false },
)
export type ExportFlags = Static<typeof ExportFlags>

/** The evaluations while the policy learned; none of a run without a policy. */
function drawLearning(run: string, task: string): string | undefined {
  const read = readRun(run)
  return typeof read === 'string' ? undefined : learningCurveSvg(read, `${task}: learning curve`)
}

/** Examples come from episodes that were not trained on (of an environment: nor evaluated), starts from where episodes begin. */
async function fromSource(model: TrainedModel, source: EpisodeSource) {
  const examples = createExamples(await exampleEpisodes(model, source), model.spec)
  const starts = createStarts(await source.starts(STARTS))
  return { examples, starts, reward: source.spec.reward } // worded by what was seen by then
}

/** Of a robot of ours whose states tell where it is: others are served without. */
async function bodyOf({ record, task }: TrainedModel) {
  if (record.origin.kind !== 'environment') return undefined
  const own = resolveTask(task.name)
  return isDrawable(own) ? bodyTree(own) : undefined
}

/** @param say gets what a person should read, line by line */
export async function exportCommand(flags: ExportFlags, say: (line: string) => void): Promise<void> {
  await requireDevice(flags.device)
  const own = withWeightType(await readTrainedModel(flags.run), flags.weights)
  const scores = readScores(flags.run, own.weightType)
  const plays = flags.label || flags.distilEmbedding
  const source = await reopenSource(own.record, flags, plays ? 2 * flags.episodes * own.task.episodeLimit : 1)
  try {
    const { model, distilled }: Chosen = flags.distilEmbedding
      ? await chooseDistilled(own, source, flags, say)
      : { model: own }
    const next = await publishModel(flags, {
      name: flags.name || modelNameOf(model.task.name),
      model,
      graphs: await verified(model, say),
      scores,
      distilled,
      learningCurve: drawLearning(flags.run, model.task.name),
      body: await bodyOf(model),
      ...(await fromSource(model, source)),
      createdAt: new Date().toISOString(),
    })
    say(`published ${next.name}@${next.version}, digest ${next.digest.slice(0, 12)}`)
    if (flags.label) await label(flags, next, source, say)
  } finally {
    await source.close()
  }
}

/** The serving graphs, compared with what the networks answer. */
async function verified(model: TrainedModel, say: (line: string) => void): Promise<BundleParts['graphs']> {
  const graphs = compileGraphs(model)
  for (const [graph, difference] of await verifyGraphs(model, graphs)) {
    const size = (graphs[graph]!.length / 2 ** 20).toFixed(2).padStart(7)
    say(`${graph.padEnd(10)} ${size} MiB  differs from tfjs-cpu by ${difference.toExponential(1)}`)
  }
  return graphs
}

function publishModel({ models }: ExportFlags, parts: BundleParts): Promise<Bundle> {
  const files = bundleFiles(parts)
  return publish(models, KINDS, parts.name, files, (version) => bundleManifest(parts, files, version))
}

function label(
  { models, label, force, ...comparison }: ExportFlags,
  next: Bundle,
  source: EpisodeSource,
  say: (line: string) => void,
): Promise<void> {
  return moveLabel({ models, label, force, next, comparison, source: async () => source }, say)
}
