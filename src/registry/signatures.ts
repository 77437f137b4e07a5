// What the graphs of a bundle take and give, as whoever runs them will use them. A kind of world model demands its own; a
// policy and its value of states are the same for all. B rows (free), N agents, A action, S state, O observation.
import { isDeepStrictEqual } from 'node:util'
import type { BundleKind } from './kind.ts'
import type { BundleGraph, Manifest } from './manifest.ts'

export type Shape = BundleGraph['inputs'][number]['shape']
export interface GraphSignature {
  inputs: Record<string, Shape>
  outputs: Record<string, Shape>
}

export const rowsOf = (...shape: Shape): Shape => ['batch', ...shape]

/** Of the graph `policy`, which a bundle need not have: observations -> mean and deviation of the actions. */
export function policySignature({
  agents,
  action,
  observation,
}: Pick<Manifest, 'agents' | 'action' | 'observation'>): GraphSignature {
  const actions = rowsOf(agents.length, action.dimension)
  return {
    inputs: { observations: rowsOf(agents.length, observation.length) },
    outputs: { mean: actions, std: actions },
  }
}

/** Of the graph `value`, which a bundle need not have: states in environment units -> discounted rewards that follow. */
export const valueSignature = ({ state }: Pick<Manifest, 'state'>): GraphSignature => ({
  inputs: { states: rowsOf(state.length) },
  outputs: { values: rowsOf() },
})

/** Where the graphs of the manifest are not those that its kind and dimensions demand, in words, or undefined. */
export function wrongGraphs(manifest: Manifest, kind: BundleKind): string | undefined {
  const demanded = kind.signatures(manifest)
  for (const name of Object.keys(demanded)) if (!manifest.graphs[name]) return `graphs.${name} is missing`
  const known: Record<string, GraphSignature> = {
    ...demanded,
    ...(kind.policies ? ofPolicies(manifest, kind) : {}),
  }
  if ((manifest.value === undefined) !== (manifest.graphs.value === undefined))
    return 'value and graphs.value need each other'
  for (const [name, listed] of Object.entries(manifest.graphs)) {
    if (!Object.hasOwn(known, name)) return `graphs.${name} is no graph of kind ${kind.name}`
    const wrong = differs(signatureOf(listed), known[name]!, 'the dimensions of the manifest')
    if (wrong) return `graphs.${name}: ${wrong}`
  }
  return undefined
}

const ofPolicies = (manifest: Manifest, kind: BundleKind): Record<string, GraphSignature> => ({
  policy: kind.policySignature?.(manifest) ?? policySignature(manifest),
  value: valueSignature(manifest),
})

export const signatureOf = ({
  inputs,
  outputs,
}: Pick<BundleGraph, 'inputs' | 'outputs'>): GraphSignature => ({
  inputs: byName(inputs),
  outputs: byName(outputs),
})

/** @param by whose demand it is */
export function differs(given: GraphSignature, demanded: GraphSignature, by: string): string | undefined {
  for (const side of ['inputs', 'outputs'] as const) {
    for (const name of new Set([...Object.keys(demanded[side]), ...Object.keys(given[side])])) {
      const [found, wanted] = [given[side][name], demanded[side][name]]
      if (isDeepStrictEqual(found, wanted)) continue
      return `${side.slice(0, -1)} ${name} is ${inWords(found)}, ${by} say ${inWords(wanted)}`
    }
  }
  return undefined
}

const inWords = (shape: Shape | undefined): string => (shape ? `[${shape.join(', ')}]` : 'not there')

const byName = (tensors: BundleGraph['inputs']): Record<string, Shape> =>
  Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]))

/** A size that a bundle chooses: axis of a tensor as its own lists have it; 0 where they have none. */
export function chosenSize(
  graph: BundleGraph | undefined,
  side: 'inputs' | 'outputs',
  tensor: string,
  axis: number,
): number {
  const shape = graph?.[side].find(({ name }) => name === tensor)?.shape
  return Number(shape?.[axis]) || 0
}
