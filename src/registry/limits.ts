// How much of everything a bundle may bring. Whoever can write to the models folder can write any number into a
// manifest, and a server sizes memory and work by them. Generous: the largest robots of the field (Bi-DexHands: 420
// entries of state, 52 actions) and crowds of some hundred agents fit many times over.
import { sum } from '../common/statistics.ts'
import type { Manifest } from './manifest.ts'

const KIB = 1024
const MIB = 1024 * KIB

export const MOST = {
  agents: 512,
  /** of one agent */
  actions: 512,
  /** of the state, and of an observation */
  entries: 8192,
  /** H, and what is listed by step */
  steps: 1000,
  context: 64,
  /** denoiser evaluations of one imagined step: each agent once, or twice where they are few */
  denoisingSteps: 1024,
  starts: 4096,
  documents: 16,
  scores: 32,
  /** inputs or outputs of a graph, and axes of one of them */
  tensors: 16,
  axes: 8,
  /** one dimension of a tensor */
  width: 65_536,
  /** characters of a name or unit, and of a sentence */
  name: 200,
  text: 10_000,
  /** lists and objects in each other: a manifest's hyperparameters may hold anything */
  depth: 32,
  /** of the models folder; versions of one model; anything in a folder */
  models: 256,
  versions: 256,
  folderEntries: 10_000,

  /** 64 million weights in float32 */
  graphBytes: 256 * MIB,
  bundleBytes: 512 * MIB,
  documentBytes: 4 * MIB,
  manifestBytes: MIB,
  labelsBytes: 64 * KIB,

  /** numbers of one row of a step: state, all actions, all observations */
  rowNumbers: 131_072,
  /** numbers that a session remembers: states and joint actions of its windows */
  sessionNumbers: 262_144,
  /** numbers of one row of the reward model's cache */
  cacheNumbers: 4_194_304,
} as const

/** What is too large in combination although each number alone is not, in words, or undefined. */
export function tooLarge(manifest: Manifest): string | undefined {
  const { agents, action, state, observation, horizon, context, graphs } = manifest
  const [N, A, S, O] = [agents.length, action.dimension, state.length, observation.length]
  const keys = graphs.rewardStep.inputs.find(({ name }) => name === 'keys')?.shape ?? []
  const bytes = sum(Object.values(graphs).map(({ size }) => size))
  const found: [string, number, number][] = [
    ['numbers of a step of all agents', S + N * A + N * O, MOST.rowNumbers],
    ['numbers in the windows of a session', (context + horizon) * (S + N * A), MOST.sessionNumbers],
    [
      'numbers in the cache of the reward model',
      keys.reduce<number>((p, n) => p * (n === 'batch' ? 1 : n), 1),
      MOST.cacheNumbers,
    ],
    ['bytes of all graphs', bytes, MOST.bundleBytes],
  ]
  const wrong = found.find(([, size, most]) => size > most)
  if (wrong) return `${wrong[0]}: ${wrong[1]}, at most ${wrong[2]} are taken`
  const document = manifest.documents.find(({ size }) => size > MOST.documentBytes)
  return document && `${document.file} has ${document.size} bytes, at most ${MOST.documentBytes} are taken`
}
