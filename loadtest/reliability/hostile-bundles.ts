// Bundles that a server must not serve, made from a good one: hashes and sizes are right unless that is the point.
import { mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listedFiles } from '../../src/registry/consistency.ts'
import { describeFile } from '../../src/registry/files.ts'
import type { Bundle } from '../../src/registry/load.ts'
import type { Manifest } from '../../src/registry/manifest.ts'
import type { GraphName } from '../../src/worlds/dima/serve/manifest.ts'
import { asDima } from '../../src/worlds/dima/serve/spec.ts'
import { endless, greedy, hiddenEndless, notFinite, single, slow, wide } from './hostile-graphs.ts'

/** Changes what would be a good bundle: its manifest, and its files by name. */
type Harm = (manifest: Manifest, files: Map<string, Uint8Array | string>) => void

const graph =
  (name: GraphName, change: (bytes: Uint8Array) => Uint8Array): Harm =>
  (manifest, files) => {
    const listed = manifest.graphs[name]!
    const bytes = change(files.get(listed.file) as Uint8Array)
    files.set(listed.file, bytes)
    Object.assign(listed, describeFile(listed.file, bytes))
  }

const document =
  (file: string, text: () => string): Harm =>
  (manifest, files) => {
    const content = text()
    files.set(file, content)
    manifest.documents = [
      ...manifest.documents.filter((one) => one.file !== file),
      describeFile(file, content),
    ]
  }

/** Forty megabytes of starts that would all be right. */
const manyStarts = (state: number): string => {
  const start = JSON.stringify({ states: [Array(state).fill(0.123456789)], actions: [] })
  return `{"starts": [${Array(Math.ceil(4e7 / start.length))
    .fill(start)
    .join()}]}`
}

export const HARMS: Record<string, Harm> = {
  'endless-loop': graph('decode', endless),
  'hidden-loop': graph('decode', hiddenEndless),
  'endless-products': graph('decode', slow),
  'all-memory': graph('embed', greedy),
  'wide-output': graph('decode', wide),
  'batch-of-one': graph('denoise', single),
  'not-finite': graph('reward', notFinite),
  'sequential-steps': (manifest) => {
    asDima(manifest).sampling.sequentialSteps = 200_000_000
  },
  'joint-steps': (manifest) => {
    asDima(manifest).sampling.jointSteps = 1e9
  },
  'wide-signature': ({ graphs }) => {
    graphs.decode!.outputs[0]!.shape[2] = 38
  },
  'huge-starts': (manifest, files) =>
    document('starts.json', () => manyStarts(manifest.state.length))(manifest, files),
}

/** Of all of them, and of one that is not made from a good bundle. */
export const HOSTILE = [...Object.keys(HARMS), 'huge-manifest']

/** Puts one into a models folder as `name`/1, at once as a publisher does. Returns its folder. */
export async function putHostile(models: string, good: Bundle, name: string): Promise<string> {
  const aside = join(models, name, '.aside')
  await mkdir(aside, { recursive: true })
  const harm = HARMS[name]
  if (harm) await writeHarmed(aside, good, name, harm)
  else {
    await writeFile(join(aside, 'manifest.json'), '{')
    await truncate(join(aside, 'manifest.json'), 2 ** 30)
  }
  await rename(aside, join(models, name, '1'))
  return join(models, name)
}

async function writeHarmed(directory: string, good: Bundle, name: string, harm: Harm): Promise<void> {
  const files = new Map<string, Uint8Array | string>()
  for (const { file } of listedFiles(good.manifest))
    files.set(file, await readFile(join(good.directory, file)))
  const manifest = { ...structuredClone(good.manifest), name, version: '1' }
  harm(manifest, files)
  for (const [file, content] of files) await writeFile(join(directory, file), content)
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest))
}
