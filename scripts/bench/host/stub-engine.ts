// An engine that answers at once: sessions with the shapes of a bundle's graphs whose answers lie ready, so that what is
// timed around them is the program's own cost.
import { Rng } from '../../../src/common/rng.ts'
import { type NamedTensors, sizeOf, type Tensor } from '../../../src/common/tensors.ts'
import type { GraphSession } from '../../../src/engine/session.ts'
import type { BundleGraph, Manifest } from '../../../src/registry/manifest.ts'
import { DimaSimulator } from '../../../src/worlds/dima/serve/simulator.ts'
import { asDima, asDimaGraphs } from '../../../src/worlds/dima/serve/spec.ts'

/** @param rows most of a call */
export function stubSimulator(manifest: Manifest, rows: number): DimaSimulator {
  const sessions = Object.entries(manifest.graphs).map(([name, graph]) => [name, stubSession(graph, rows)])
  return new DimaSimulator(asDima(manifest), asDimaGraphs(Object.fromEntries(sessions)))
}

function stubSession({ inputs, outputs }: BundleGraph, rows: number): GraphSession {
  const ready = outputs.map(({ name, shape }) => {
    const rest = shape.slice(1) as number[]
    return { name, rest, data: smallNumbers(name, rows * sizeOf(rest)) }
  })
  const shapes = new Map(inputs.map(({ name, shape }) => [name, [0, ...(shape.slice(1) as number[])]]))
  const answersOf = remembered((count: number): NamedTensors => {
    const answers = ready.map(({ name, rest, data }) => [
      name,
      { data: data.subarray(0, count * sizeOf(rest)), shape: [count, ...rest] },
    ])
    return Object.fromEntries(answers)
  })
  return {
    run: async (given, wanted) => (wanted && firstOf(wanted) ? wanted : answersOf(firstOf(given)!.shape[0]!)),
    inputShape: (name) => shapes.get(name) ?? [],
    release: async () => {},
  }
}

function remembered<T>(make: (count: number) => T): (count: number) => T {
  const made = new Map<number, T>()
  return (count) => {
    const known = made.get(count) ?? make(count)
    made.set(count, known)
    return known
  }
}

const firstOf = (tensors: NamedTensors): Tensor | undefined => {
  for (const name in tensors) return tensors[name]
  return undefined
}

/** Between 0 and 1, which suits probabilities and standard deviations as well as states. */
const smallNumbers = (name: string, count: number): Float32Array => {
  const rng = new Rng('stub', name)
  return Float32Array.from({ length: count }, () => 0.01 + 0.1 * rng.uniform())
}
