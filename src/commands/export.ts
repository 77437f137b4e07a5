// npm run export: a run's checkpoint -> models/<name>/<version>/, verified and published atomically. A label moves to it unless
// it is worse than the version that has it.

import Type, { type Static } from 'typebox'
import { reopenSource } from '../algorithms/reopen-source.ts'
import { runCommand } from '../common/command.ts'
import { movedFlags } from '../episodes/sources/flags.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import { readTrainedModel, type TrainedModel } from '../evaluation/trained-model.ts'
import { unseenEpisodes } from '../evaluation/unseen-episodes.ts'
import { bundleFiles, bundleManifest } from '../export/bundle.ts'
import { comparisonFlags } from '../export/comparison/flags.ts'
import { createExamples } from '../export/examples.ts'
import { moveLabel } from '../export/label-guard.ts'
import { readScores } from '../export/scores.ts'
import { createStarts, STARTS } from '../export/starts.ts'
import { verifyGraphs } from '../export/verify.ts'
import type { Bundle } from '../registry/load.ts'
import { publish } from '../registry/publish.ts'
import { learningCurveSvg } from '../report/figures/learning-curves.ts'
import { readRun } from '../report/run.ts'
import { modelNameOf } from '../runs/names.ts'
import { compileGraphs } from '../worlds/dima/train/imagination.ts'
import { weightsFlag, withWeightType } from '../worlds/dima/train/weight-type.ts'

const ExportFlags = Type.Object(
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
    ...movedFlags,
  },
  { additionalProperties: false },
)

/** The evaluations while the policy learned; none of a run without a policy. */
function drawLearning(run: string, task: string): string | undefined {
  const read = readRun(run)
  return typeof read === 'string' ? undefined : learningCurveSvg(read, `${task}: learning curve`)
}

const EXAMPLE_SEED = 0xe8a

/** Examples come from an episode that was not trained on (of an environment: nor evaluated), starts from where episodes begin. */
async function fromSource(model: TrainedModel, source: EpisodeSource) {
  const examples = createExamples(await unseenEpisodes(model, source, 1, EXAMPLE_SEED), model.spec)
  const starts = createStarts(await source.starts(STARTS))
  return { examples, starts, reward: source.spec.reward } // worded by what was seen by then
}

async function main(flags: Static<typeof ExportFlags>): Promise<void> {
  const scores = readScores(flags.run, flags.weights)
  const model = withWeightType(readTrainedModel(flags.run), flags.weights)
  const name = flags.name || modelNameOf(model.task.name)
  const graphs = compileGraphs(model)
  const differences = await verifyGraphs(model, graphs)
  for (const [graph, difference] of differences) {
    const size = (graphs[graph]!.length / 2 ** 20).toFixed(2).padStart(7)
    console.log(`${graph.padEnd(10)} ${size} MiB  differs from tfjs-cpu by ${difference.toExponential(1)}`)
  }
  const steps = flags.label ? 2 * flags.episodes * model.task.episodeLimit : 1
  const source = await reopenSource(model.record, flags, steps)
  try {
    const parts = {
      name,
      model,
      graphs,
      scores,
      learningCurve: drawLearning(flags.run, model.task.name),
      ...(await fromSource(model, source)),
      createdAt: new Date().toISOString(),
    }
    const files = bundleFiles(parts)
    const next = await publish(flags.models, name, files, (version) => bundleManifest(parts, files, version))
    console.log(`published ${name}@${next.version}, digest ${next.digest.slice(0, 12)}`)
    if (flags.label) await label(flags, next, source)
  } finally {
    await source.close()
  }
}

function label(flags: Static<typeof ExportFlags>, next: Bundle, source: EpisodeSource): Promise<void> {
  const { models, label, force, ...comparison } = flags
  const move = { models, label, force, next, comparison }
  return moveLabel({ ...move, source: async () => source }, console.log)
}

runCommand('export', ExportFlags, main)
