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
  starts: 4096,
  documents: 16,
  scores: 32,
  /** of a bundle; inputs or outputs of one of them, and axes of one of those */
  graphs: 16,
  tensors: 32,
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
} as const

/** What is too large in combination although each number alone is not, in words, or undefined. */
export function tooLarge({
  agents,
  action,
  state,
  observation,
  graphs,
  documents,
}: Manifest): string | undefined {
  const [N, A, S, O] = [agents.length, action.dimension, state.length, observation.length]
  const bytes = sum(Object.values(graphs).map(({ size }) => size))
  const document = documents.find(({ size }) => size > MOST.documentBytes)
  return (
    moreThan('numbers of a step of all agents', S + N * A + N * O, MOST.rowNumbers) ??
    moreThan('bytes of all graphs', bytes, MOST.bundleBytes) ??
    (document && `${document.file} has ${document.size} bytes, at most ${MOST.documentBytes} are taken`)
  )
}

export const moreThan = (what: string, size: number, most: number): string | undefined =>
  size > most ? `${what}: ${size}, at most ${most} are taken` : undefined
