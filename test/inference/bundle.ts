// A bundle on disk with the tiny model's graphs, to be loaded by real executors.

import { describeFile } from '../../src/registry/files.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { graphFile, type Manifest, type Start } from '../../src/registry/manifest.ts'
import { publish } from '../../src/registry/publish.ts'
import { NETWORK_PRESETS } from '../../src/worlds/dima/networks/presets.ts'
import type { GraphName } from '../../src/worlds/dima/serve/manifest.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { manifest, tensorsOf } from '../registry/fixture.ts'
import type { TinyModel } from './fixture.ts'

const { denoiser, reward } = NETWORK_PRESETS.debug
const TINY_SIZES = { E: denoiser.conditioning, M: reward.layers, D: reward.width }

/** Publishes the model, with some of its graphs replaced if need be, and with start states if there are any. */
export function publishModel(
  models: string,
  name: string,
  { spec, graphs }: TinyModel,
  replaced: Partial<TinyModel['graphs']> = {},
  starts: Start[] = [],
): Promise<Bundle> {
  const content = { ...graphs, ...replaced }
  const documents = new Map(starts.length > 0 ? [['starts.json', JSON.stringify({ starts })]] : [])
  const bytes = Object.entries(content).map(([graph, data]) => [graphFile(graph), data] as const)
  const listed = Object.entries(content).map(([graph, data]) => [
    graph,
    { ...describeFile(graphFile(graph), data), ...tensorsOf(graph as GraphName, spec, TINY_SIZES) },
  ])
  const change = {
    ...spec,
    documents: [...documents].map(([file, text]) => describeFile(file, text)),
    graphs: Object.fromEntries(listed) as Manifest['graphs'],
  }
  const files = new Map<string, Uint8Array | string>([...bytes, ...documents])
  return publish(models, KINDS, name, files, (version) => manifest(name, version, change))
}
