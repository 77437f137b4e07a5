// A graph is published only if ONNX Runtime gives the same numbers as the network run eagerly on tfjs-cpu.
import { DimaError } from '../common/errors.ts'
import { firstNonFinite } from '../common/finite.ts'
import { Rng } from '../common/rng.ts'
import { type NamedTensors, tensor } from '../common/tensors.ts'
import { openGraphSession } from '../engine/session.ts'
import { randomInputs } from '../graph/random-inputs.ts'
import type { Compilable, ServingGraph } from '../graph/serving-graph.ts'
import { runOnCpu } from '../learning/engines/tfjs.ts'

export const TOLERANCE = 1e-4
/** The batch is dynamic, so more than one size is tried. */
const BATCHES = [1, 5]

/** Largest difference of every graph on random inputs; DimaError `not_finite`, or `invalid_bundle` above the tolerance. */
export async function verifyGraphs(
  model: Compilable,
  graphs: Record<string, Uint8Array>,
): Promise<Map<string, number>> {
  const differences = new Map<string, number>()
  for (const [name, graph] of Object.entries(model.graphs)) {
    const worst = await largestDifference(model, graph, name, graphs[name]!)
    if (!(worst <= TOLERANCE))
      throw new DimaError(
        'invalid_bundle',
        `${name} differs from tfjs-cpu by ${worst}, more than ${TOLERANCE}`,
      )
    differences.set(name, worst)
  }
  return differences
}

async function largestDifference(model: Compilable, graph: ServingGraph, name: string, bytes: Uint8Array) {
  const session = await openGraphSession(bytes)
  const weights = weightsOf(model, graph)
  let worst = 0
  for (const batch of BATCHES) {
    const inputs = randomInputs(graph, batch, new Rng('verify', name, batch))
    const [expected, given] = [await runOnCpu(graph.build, weights, inputs), await session.run(inputs)]
    for (const output of Object.keys(expected)) demandFinite(name, output, given[output]!.data)
    for (const output of Object.keys(expected))
      worst = Math.max(worst, difference(expected[output]!.data, given[output]!.data))
  }
  await session.release()
  return worst
}

function demandFinite(graph: string, output: string, values: Float32Array): void {
  const lost = firstNonFinite(values)
  if (lost < 0) return
  const message = `${graph}: ${output} is ${values[lost]} on random inputs; train the model longer or with a lower learning rate`
  throw new DimaError('not_finite', message, { field: `${graph}.${output}`, given: String(values[lost]) })
}

function weightsOf({ networks, weights }: Compilable, { network }: ServingGraph): NamedTensors {
  if (network === undefined) return {}
  const values = weights[network]!
  return Object.fromEntries(
    networks[network]!.parameters.map(({ name, shape }) => [name, tensor(shape, values.get(name)!)]),
  )
}

/** NaN counts as infinitely far away. */
function difference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return a.reduce((worst, value, i) => {
    const gap = Math.abs(value - b[i]!)
    return gap <= worst ? worst : Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap
  }, 0)
}
