// A trained model of DIMA with a small network in place of its action encoder, which learned from it on the run's own actions
// and on random ones.
import { compileGraph } from '../../graph/serving-graph.ts'
import { RunFolder } from '../../runs/run-folder.ts'
import type { Distilled, DistilOptions } from '../../runs/trained-model.ts'
import { distilEmbedding } from '../../worlds/dima/train/distil-embedding.ts'
import type { WindowSource } from '../../worlds/dima/train/embedding-windows.ts'
import { dimensionsOf } from '../../worlds/dima/train/world-model.ts'
import type { DimaModel } from './trained-model.ts'

/** Hidden layers, twice as wide as an embedding: 512 (paper). */
const [WIDTHS, LAYERS] = [2, 2]
/** Every so many-th episode of the run is not learned from. */
const HELD_OUT = 10

export async function distil(model: DimaModel, options: DistilOptions): Promise<Distilled> {
  const { graphs, networks, weights, updates, hyperparameters, record } = model
  const embedding = graphs.embed.outputs(1)[0]!.shape.at(-1)!
  const sizes = { width: WIDTHS * embedding, layers: LAYERS }
  const taught = { graph: graphs.embed, bytes: compileGraph(model, 'embed') }
  const made = await distilEmbedding(taught, sourcesOf(model, options.run), sizes, {
    ...options,
    seed: record.config.seed,
  })
  const network = made.graph.network!
  return {
    graph: 'embed',
    fitError: made.error,
    model: {
      ...model,
      graphs: { ...graphs, embed: made.graph },
      networks: { ...networks, [network]: made.encoder },
      weights: { ...weights, [network]: made.weights },
      updates: { ...updates, [network]: options.updates },
      hyperparameters: { ...hyperparameters, [network]: sizes },
    },
  }
}

function sourcesOf({ task, checkpoint: { episodes } }: DimaModel, run: string) {
  const folder = new RunFolder(run)
  const indices = Array.from({ length: episodes }, (_, index) => index).filter(folder.hasEpisode)
  const played = (wanted: (index: number) => boolean): WindowSource => ({
    dims: dimensionsOf(task),
    low: task.actionLow,
    high: task.actionHigh,
    played: indices.filter(wanted).map((index) => folder.loadEpisode(index).actions),
  })
  const held = (index: number) => index % HELD_OUT === HELD_OUT - 1
  return { learned: played((index) => !held(index)), heldOut: played(held) }
}
