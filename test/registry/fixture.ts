// A tiny two-agent bundle with dummy bytes for graphs, and folders to put it in.

import { rmSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { describeFile } from '../../src/registry/files.ts'
import type { Bundle } from '../../src/registry/load.ts'
import {
  type BundleGraph,
  type Examples,
  FORMAT_VERSION,
  graphFile,
  type Manifest,
} from '../../src/registry/manifest.ts'
import { publish } from '../../src/registry/publish.ts'
import { policySignature } from '../../src/registry/signatures.ts'
import type { ChosenSizes, DimaSpec, GraphName } from '../../src/worlds/dima/serve/manifest.ts'
import { demandedSignatures, perceiveSignature } from '../../src/worlds/dima/serve/manifest.ts'
import { KINDS } from '../../src/worlds/kinds.ts'

export const S = 4
export const N = 2
export const A = 3
export const O = 6
export const H = 15
export const L = 3
export const AGENTS = ['front', 'back']

const GRAPHS = ['embed', 'denoise', 'decode', 'reward', 'rewardStep'] as const

const examples: Examples = [
  {
    title: 'standing still',
    starts: [{ states: [[0, 0, 0, 0]], actions: [] }],
    actions: [[AGENTS.map(() => [0, 0, 0])]],
    trueStates: [[[0, 0, 0, 0]]],
    trueRewards: [[0]],
  },
]

const numbered = (n: number, letter: string) =>
  Array.from({ length: n }, (_, i) => ({ name: `${letter}${i}`, unit: 'rad' }))

/** With what the kind adds. */
type DimaManifest = Manifest & DimaSpec

const DESCRIBED = {
  kind: 'dima',
  agents: AGENTS.map((agent) => ({ name: agent, actuators: ['hip', 'knee', 'foot'] })),
  action: { dimension: A, low: -1, high: 1, unit: 'fraction of full torque' },
  state: numbered(S, 'q'),
  observation: numbered(O, 'o'),
  horizon: H,
  context: L,
}

type Sizes = Parameters<typeof demandedSignatures>[0]

/** The tensors that a graph of such a model takes and gives. */
export function tensorsOf(
  graph: GraphName | 'perceive' | 'policy',
  sizes: Sizes,
  chosen: ChosenSizes = { E: 8, M: 1, D: 8 },
): Pick<BundleGraph, 'inputs' | 'outputs'> {
  const { inputs, outputs } =
    graph === 'policy'
      ? policySignature(sizes)
      : graph === 'perceive'
        ? perceiveSignature(sizes)
        : demandedSignatures(sizes, chosen)[graph]
  const listed = (tensors: typeof inputs) =>
    Object.entries(tensors).map(([name, shape]) => ({ name, dtype: 'float32' as const, shape }))
  return { inputs: listed(inputs), outputs: listed(outputs) }
}

export const files = (): Map<string, string> =>
  new Map([
    ...GRAPHS.map((graph) => [graphFile(graph), `bytes of ${graph}`] as const),
    ['card.md', '# A tiny model\n'] as const,
    ['examples.json', JSON.stringify(examples)] as const,
  ])

export function manifest(name: string, version: string, change: Partial<DimaManifest> = {}): DimaManifest {
  const content = files()
  const listed = (file: string) => describeFile(file, content.get(file)!)
  const normalisation = { mean: Array(S).fill(0), std: Array(S).fill(1) }
  const sizes = { ...DESCRIBED, normalisation, ...change }
  const graph = (name: GraphName) => ({ ...listed(graphFile(name)), ...tensorsOf(name, sizes) })
  return {
    formatVersion: FORMAT_VERSION,
    name,
    version,
    createdAt: '2026-11-22T00:00:00Z',
    environment: 'toy-2x3',
    ...DESCRIBED,
    reward: 'speed - effort',
    sampling: {
      sigmaData: 0.5,
      sigmaMin: 0.002,
      sigmaMax: 5,
      rho: 7,
      sequentialSteps: 4,
      jointSteps: 2,
      defaultPlan: 'joint',
    },
    normalisation,
    graphs: {
      embed: graph('embed'),
      denoise: graph('denoise'),
      decode: graph('decode'),
      reward: graph('reward'),
      rewardStep: graph('rewardStep'),
    },
    documents: [listed('card.md'), listed('examples.json')],
    preset: 'debug',
    hyperparameters: { width: 8 },
    training: {
      command: 'train --preset debug',
      commit: '0000000',
      data: 'random play',
      environmentSteps: 100,
      updates: { denoiser: 10 },
      seed: 1,
      seconds: 2,
    },
    scores: {
      episodes: 1,
      segments: 1,
      seed: 1,
      plans: [
        {
          plan: 'joint',
          order: '',
          evaluations: 2,
          embeddings: 1,
          millisecondsPerStep: 0.5,
          oneStepStateL1: 0.1,
          cumulativeStateL1: [0.1],
          medianCumulativeStateL1: [0.1],
          cumulativeObservationL1: [0.1],
        },
      ],
      persistence: { oneStepStateL1: 1, cumulativeStateL1: [1], cumulativeObservationL1: [1] },
      decoderFloor: { observationL1: 0.01, cumulativeObservationL1: [0.01] },
      rewardL1: 0.1,
      rewardSmoothL1: 0.05,
    },
    engine: { opset: 17, irVersion: 8, onnxruntime: '1.30.0' },
    licence: 'Apache-2.0',
    ...change,
  }
}

/** An empty models folder, removed after the test. */
export async function modelsFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'dima-models-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const publishTiny = (
  models: string,
  name = 'tiny',
  change: Partial<DimaManifest> = {},
): Promise<Bundle> => publish(models, KINDS, name, files(), (version) => manifest(name, version, change))

/** A manifest that a test may break in any way. */
// biome-ignore lint/suspicious/noExplicitAny: breaking the type is the point
export type Loose = Record<string, any>

/** Rewrites manifest.json of a published bundle. */
export async function editManifest(bundle: Bundle, edit: (manifest: Loose) => void): Promise<void> {
  const path = join(bundle.directory, 'manifest.json')
  const content = JSON.parse(await readFile(path, 'utf8'))
  edit(content)
  await writeFile(path, JSON.stringify(content))
}
