// Tiny models of every kind, for what a world model has to be whichever kind it is of: random weights, HalfCheetah-2x3.
import { signatures } from '../../src/export/bundle.ts'
import { compileGraphs, type ServingGraph } from '../../src/graph/serving-graph.ts'
import { describeFile } from '../../src/registry/files.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { graphFile, type Manifest, type Start } from '../../src/registry/manifest.ts'
import { publish } from '../../src/registry/publish.ts'
import { servingGraphs } from '../../src/worlds/dima/train/serving-graphs.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import type { WorldSpec } from '../../src/worlds/world.ts'
import { tinyModel } from '../inference/fixture.ts'
import { manifest } from '../registry/fixture.ts'
import { debug, dims, randomModel } from './dima/random-model.ts'
import { tinyMamba } from './mamba/random-model.ts'
import { tinyMarie } from './marie/random-model.ts'

export interface Subject {
  kind: string
  spec: WorldSpec
  graphs: Record<string, ServingGraph>
  compiled: Record<string, Uint8Array>
  /** how far numbers may be from each other where rows have other company; 0: not at all */
  within: number
  /** of the kind: how agents see */
  exact: unknown
  decoded: unknown
}

/** With a policy, and without ends, which are random here and would leave little to compare. */
export const SUBJECTS: Record<string, () => Subject> = {
  dima: () => {
    const { networks, weights } = randomModel(debug, { policy: true })
    const graphs = servingGraphs(networks, dims, debug.denoiser.conditioning, 'standardised')
    const { spec } = tinyModel({ perceives: true })
    return {
      kind: 'dima',
      spec: { ...spec, terminates: false },
      graphs: { ...graphs },
      compiled: { ...compileGraphs({ graphs, networks, weights }) },
      within: 1e-4,
      exact: { name: 'joint', order: [], observations: 'exact' },
      decoded: { name: 'joint', order: [] },
    }
  },
  mamba: () => {
    const { spec, graphs, compiled } = tinyMamba()
    return {
      kind: 'mamba',
      spec: { ...spec, terminates: false },
      graphs: { ...graphs },
      compiled: { ...compiled },
      within: 0,
      exact: { observations: 'exact' },
      decoded: { observations: 'decoded' },
    }
  },
  marie: () => {
    const { spec, graphs, compiled } = tinyMarie()
    return {
      kind: 'marie',
      spec: { ...spec, terminates: false },
      graphs: { ...graphs },
      compiled: { ...compiled },
      within: 0,
      exact: { observations: 'exact' },
      decoded: { observations: 'decoded' },
    }
  },
}

export const kindNames = Object.keys(SUBJECTS)

/** As a bundle, with start states if there are any. */
export function publishSubject(
  models: string,
  name: string,
  { spec, graphs, compiled }: Subject,
  starts: Start[] = [],
): Promise<Bundle> {
  const text = JSON.stringify({ starts })
  const documents = starts.length > 0 ? [describeFile('starts.json', text)] : []
  const listed = Object.entries(graphs).map(([name, graph]) => [
    name,
    { ...describeFile(graphFile(name), compiled[name]!), ...signatures(graph) },
  ])
  const files = new Map<string, Uint8Array | string>([
    ...Object.entries(compiled).map(([graph, bytes]) => [graphFile(graph), bytes] as const),
    ...(starts.length > 0 ? [['starts.json', text] as const] : []),
  ])
  const { sampling: _, ...common } = manifest(name, '1')
  return publish(
    models,
    KINDS,
    name,
    files,
    (version) =>
      ({ ...common, version, ...spec, documents, graphs: Object.fromEntries(listed) }) as unknown as Manifest,
  )
}
