// A bundle on disk with the tiny model's graphs, to be loaded by real executors.

import { describeFile } from '../../src/registry/files.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { graphFile, type Manifest } from '../../src/registry/manifest.ts'
import { publish } from '../../src/registry/publish.ts'
import { manifest } from '../registry/fixture.ts'
import type { TinyModel } from './fixture.ts'

/** Publishes the model, with some of its graphs replaced if need be. */
export function publishModel(
  models: string,
  name: string,
  { spec, graphs }: TinyModel,
  replaced: Partial<TinyModel['graphs']> = {},
): Promise<Bundle> {
  const content = { ...graphs, ...replaced }
  const files = new Map(Object.entries(content).map(([graph, bytes]) => [graphFile(graph), bytes]))
  const signature = [{ name: 'x', dtype: 'float32' as const, shape: ['batch' as const, 1] }]
  const listed = Object.entries(content).map(([graph, bytes]) => [
    graph,
    { ...describeFile(graphFile(graph), bytes), inputs: signature, outputs: signature },
  ])
  const change = { ...spec, documents: [], graphs: Object.fromEntries(listed) as Manifest['graphs'] }
  return publish(models, name, files, (version) => manifest(name, version, change))
}
