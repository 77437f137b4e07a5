// A trained model as the files and the manifest of a bundle.
import { withoutSecrets } from '../common/secrets.ts'
import { ENGINE_VERSION } from '../engine/session.ts'
import { MEAN_OF_OWN } from '../env/own-rewards.ts'
import { scorePlot } from '../evaluation/report.ts'
import { POSITIONS } from '../graph/forward.ts'
import { IR_VERSION, OPSET } from '../graph/graph.ts'
import type { ServingGraph } from '../graph/serving-graph.ts'
import type { Body } from '../registry/body.ts'
import { CARD } from '../registry/card.ts'
import { describeFile } from '../registry/files.ts'
import {
  type BundleGraph,
  type Examples,
  FORMAT_VERSION,
  graphFile,
  type Manifest,
  type Starts,
} from '../registry/manifest.ts'
import type { Distillation, Scores } from '../registry/scores.ts'
import type { TrainedModel } from '../runs/trained-model.ts'
import { modelCard } from './card.ts'
import { describeData } from './data.ts'
import { readmeOf } from './readme.ts'

export interface BundleParts {
  name: string
  model: TrainedModel
  graphs: Record<string, Uint8Array>
  /** for sessions that name none */
  starts: Starts
  scores: Scores
  /** of a model with a distilled network */
  distilled?: Distillation | undefined
  /** in the words of the source; default: those of the run */
  reward?: string
  /** drawn, of a run whose policy was evaluated while it learned */
  learningCurve?: string | undefined
  /** what is drawn of the robot, where that is known */
  body?: Body | undefined
  examples: Examples
  createdAt: string
}

const PLOT = 'error.svg'
const CURVE = 'learning.svg'

const LICENCE = 'Apache-2.0'

/** All files but the manifest. */
export function bundleFiles(parts: BundleParts): Map<string, Uint8Array | string> {
  const { name, scores, learningCurve } = parts
  const description = describe(parts)
  const { environment, preset } = description
  const files = new Map<string, Uint8Array | string>()
  for (const [name, bytes] of Object.entries(parts.graphs)) files.set(graphFile(name), bytes)
  files.set('examples.json', `${JSON.stringify(parts.examples)}\n`)
  files.set('starts.json', `${JSON.stringify(parts.starts)}\n`)
  if (parts.body) files.set('body.json', `${JSON.stringify(parts.body)}\n`)
  files.set(
    PLOT,
    scorePlot(scores, `${environment}, preset ${preset}: imagination error on held-out segments`),
  )
  if (learningCurve) files.set(CURVE, learningCurve)
  const facts = { name, scores, licence: LICENCE, ...description }
  const [start] = parts.starts.starts
  const card = modelCard(facts, { start: start!, ...(learningCurve ? { curve: CURVE } : {}) })
  files.set(CARD, readmeOf(facts, card))
  return files
}

export function bundleManifest(
  parts: BundleParts,
  files: ReadonlyMap<string, Uint8Array | string>,
  version: string,
): Manifest {
  const graphs = Object.entries(parts.model.graphs).map(([name, graph]): [string, BundleGraph] => [
    name,
    { ...describeFile(graphFile(name), files.get(graphFile(name))!), ...signatures(graph) },
  ])
  const documents = [...files].filter(([file]) => !file.endsWith('.onnx'))
  return {
    formatVersion: FORMAT_VERSION,
    name: parts.name,
    version,
    createdAt: parts.createdAt,
    ...describe(parts),
    graphs: Object.fromEntries(graphs),
    documents: documents.map(([file, content]) => describeFile(file, content)),
    scores: parts.scores,
    engine: { opset: OPSET, irVersion: IR_VERSION, onnxruntime: ENGINE_VERSION },
    licence: LICENCE,
  }
}

/** What the manifest says of the model itself. */
function describe({ model, distilled, reward = model.task.reward }: BundleParts) {
  const { record, task, spec, value, hyperparameters } = model
  const seen = task.reward.includes(MEAN_OF_OWN) ? task.reward : reward // in the run, if not since
  return {
    environment: task.name,
    ...spec,
    reward: seen,
    preset: record.config.preset,
    hyperparameters,
    training: describeTraining(model),
    ...(value ? { value } : {}),
    ...(distilled ? { distilled } : {}),
  }
}

function describeTraining({ record, networks, updates, environmentSteps, seconds }: TrainedModel) {
  const { algorithm, seed } = record.config
  return {
    algorithm,
    command: withoutSecrets(record.command), // older records have what was typed
    commit: record.commit,
    data: describeData(record, environmentSteps, networks.policy !== undefined),
    environmentSteps,
    updates,
    seed,
    seconds: Math.round(seconds),
  }
}

const PROBES = [2, 3] as const

/** As a manifest lists a graph. A dimension that changes with the batch is the batch. */
export function signatures(graph: ServingGraph): Pick<BundleGraph, 'inputs' | 'outputs'> {
  const signature = (values: ServingGraph['inputs']) => {
    const [a, b] = PROBES.map((batch) => values(batch))
    return a!.map(({ name, shape }, i) => ({
      name,
      dtype: 'float32' as const,
      shape: shape.map((size, axis) => {
        if (graph.free?.[name] === axis) return POSITIONS
        return size === b![i]!.shape[axis] ? size : ('batch' as const)
      }),
    }))
  }
  return { inputs: signature(graph.inputs), outputs: signature(graph.outputs) }
}
