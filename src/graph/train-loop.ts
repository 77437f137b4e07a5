// K training steps in one call: the train step as the body of an ONNX Loop. Parameters and moments stay where the
// engine computes instead of crossing a bus twice a step, which is what a device apart from the main memory waits for.
import { encodeGraph, type Graph, type GraphNode, type GraphValue, type Subgraph } from './graph.ts'
import { type TrainStep, type TrainStepOptions, traceTrainStep } from './train-step.ts'

/**
 * The graph of `steps` train steps, equal to as many runs of `compileTrainStep`'s, with the same names. The data, the
 * learning rate and the bias corrections are those of every step, stacked: [K, ...]. So are the loss, `grad_norm` and
 * the metrics among the outputs; `next.*` is the state after the last step.
 */
export function compileTrainLoop(options: TrainStepOptions, steps: number): TrainStep {
  const { graph, buckets } = traceTrainStep(options)
  const loop = loopOf(graph, steps)
  return { bytes: encodeGraph(loop), buckets, inputs: loop.inputs, outputs: loop.outputs }
}

/** Input that is the same in all K steps, so it is not stacked. */
const SHARED = 'weight_decay'

const STEPS = 'loop/steps'
/** What ONNX gives a body and wants back besides its values. */
const ITERATION = 'loop/iteration'
const CONDITION = 'loop/condition'
const NEXT_CONDITION = 'loop/next_condition'

function loopOf(step: Graph, steps: number): Graph {
  const states = step.outputs.filter(isNext)
  const scalars = step.outputs.filter((output) => !isNext(output))
  const stack = (value: GraphValue) => ({ ...value, shape: [steps, ...value.shape] })
  const isState = new Set(states.map(stateOf))
  const stacked = ({ name }: GraphValue) => !isState.has(name) && name !== SHARED
  const body = bodyOf(step, states, scalars, step.inputs.filter(stacked))
  const loop: GraphNode = {
    op: 'Loop',
    inputs: [STEPS, '', ...states.map(stateOf)], // no condition: it runs all its steps
    outputs: [...states, ...scalars].map(({ name }) => name),
    attributes: { body: { g: body } },
  }
  return {
    name: `${step.name}_loop`,
    nodes: [loop],
    constants: new Map([[STEPS, { dtype: 'int64', shape: [], values: [steps] }]]),
    inputs: step.inputs.map((input) => (stacked(input) ? stack(input) : input)),
    outputs: [...states, ...scalars.map(stack)],
  }
}

const isNext = ({ name }: GraphValue) => name.startsWith('next.')
/** `p.0` of `next.p.0`. */
const stateOf = ({ name }: GraphValue) => name.slice('next.'.length)

/** Names inside the body must differ from those around it. */
const inner = (name: string) => (name === '' || name === SHARED ? name : `step/${name}`)

/** One step. `step/<name>` is the part of the stacked `<name>` that belongs to it. */
function bodyOf(step: Graph, states: GraphValue[], scalars: GraphValue[], stacked: GraphValue[]): Subgraph {
  const cuts = stacked.map(({ name }) => nodeOf('Gather', [name, ITERATION], inner(name)))
  return {
    name: step.name,
    nodes: [...cuts, ...step.nodes.map(innerNode), nodeOf('Identity', [CONDITION], NEXT_CONDITION)],
    constants: new Map([...step.constants].map(([name, constant]) => [inner(name), constant])),
    inputs: [
      { name: ITERATION, shape: [], dtype: 'int64' },
      { name: CONDITION, shape: [], dtype: 'bool' },
      ...states.map((state) => ({ ...state, name: inner(stateOf(state)) })),
    ],
    outputs: [
      { name: NEXT_CONDITION, shape: [], dtype: 'bool' },
      ...[...states, ...scalars].map((value) => ({ ...value, name: inner(value.name) })),
    ],
  }
}

const innerNode = (node: GraphNode): GraphNode => ({
  ...node,
  inputs: node.inputs.map(inner),
  outputs: node.outputs.map(inner),
})

const nodeOf = (op: string, inputs: string[], output: string): GraphNode => ({
  op,
  inputs,
  outputs: [output],
  attributes: {},
})
