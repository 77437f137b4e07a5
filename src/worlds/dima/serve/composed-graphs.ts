// Graphs that are made of a bundle's when it is opened, so that what a step computes is few calls. B rows, L context
// states, S state, N agents, A action, E embedding, O observation, P horizon of the model; one embedding and one mask for each
// distinct set of visible agents.
//
//   sample  noisy [B, S], context [B, L, S], embedding_i [B, E] -> next [B, S]: all evaluations of a step
//   step    as sample, with actions [B, L, N, A] and mask_i [B, L, N] in place of embeddings, states [B, P, S] and taken
//           [B, P, N, A] -> next, observations [B, N, O], rewards and termination_probabilities [B, P]: a whole live step
import { type ComposedGraph, type Composition, compose } from '../../../engine/compose.ts'
import type { DevicePolicy } from '../../../engine/device.ts'
import { composedLevels, firstShown, shownAt } from './composed-levels.ts'
import type { DimaSpec, PerGraph } from './manifest.ts'
import type { Level } from './plan.ts'

type Composed = Record<string, ComposedGraph | undefined>

export async function composedGraphs(
  spec: DimaSpec,
  { denoise, embed, decode, reward }: PerGraph<Uint8Array>,
  policy: DevicePolicy,
): Promise<Composed> {
  const levels = composedLevels(spec)
  if (!levels) return {}
  const course = { levels, exact: policy.canaryWithin === 0 }
  const sample = await compose('sample', { denoise }, (graph) => putSample(graph, course))
  if (!policy.stepInOneCall) return { sample }
  const parts = { denoise, embed, decode, reward }
  const step = await compose('step', parts, (graph) => putStep(graph, course, spec.sampling.sigmaData))
  return { sample, step }
}

interface Course {
  levels: readonly Level[]
  /** to the bits of single calls, between which numbers are float64 */
  exact: boolean
}

function putSample(graph: Composition, course: Course): void {
  const embeddings = setsOf(course).map((i) => graph.input(`embedding_${i}`, ['denoise', 'embedding']))
  graph.output('next', putEvaluations(graph, course, embeddings), ['denoise', 'denoised'])
}

function putStep(graph: Composition, course: Course, sigmaData: number): void {
  const actions = graph.input('actions', ['embed', 'actions'])
  const embeddings = setsOf(course).map((i) => {
    const mask = graph.input(`mask_${i}`, ['embed', 'mask'])
    return graph.place('embed', { actions, mask }).embedding!
  })
  const next = putEvaluations(graph, course, embeddings)
  const states = graph.node('Div', [next, graph.scalar(sigmaData, 2)])
  const judged = graph.place('reward', {
    states: graph.input('states', ['reward', 'states']),
    actions: graph.input('taken', ['reward', 'actions']),
  })
  graph.output('next', next, ['denoise', 'denoised'])
  const { observations } = graph.place('decode', { states })
  graph.output('observations', observations!, ['decode', 'observations'])
  for (const name of ['rewards', 'termination_probabilities'])
    graph.output(name, judged[name]!, ['reward', name])
}

const setsOf = ({ levels }: Course): number[] => firstShown(shownAt(levels)).map((_, i) => i)

/** Denoised level by level, as in sampler.ts. */
function putEvaluations(
  graph: Composition,
  { levels, exact }: Course,
  embeddings: readonly string[],
): string {
  const shown = shownAt(levels)
  const context = graph.input('context', ['denoise', 'context'])
  let x = graph.input('noisy', ['denoise', 'noisy'])
  for (const [i, { sigma, next }] of levels.entries()) {
    const inputs = { noisy: x, sigma: graph.scalar(sigma, 2), context, embedding: embeddings[shown[i]!]! }
    const denoised = graph.place('denoise', inputs).denoised!
    x = next === 0 ? denoised : approached(graph, x, denoised, next / sigma, exact)
  }
  return x
}

/** Keeps so much of the way to where the denoiser points. */
function approached(graph: Composition, x: string, denoised: string, keep: number, exact: boolean): string {
  const dtype = exact ? 'float64' : 'float32'
  const part = (value: string, factor: number) =>
    graph.node('Mul', [exact ? graph.cast(value, dtype) : value, graph.scalar(factor, 2, dtype)])
  const sum = graph.node('Add', [part(x, keep), part(denoised, 1 - keep)])
  return exact ? graph.cast(sum, 'float32') : sum
}
