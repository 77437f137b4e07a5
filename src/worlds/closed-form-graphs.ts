// The two weightless graphs by which a world of observations speaks of states (src/worlds/README.md), and what a team has of its
// agents. N agents, S state, O observation.
import { tensor } from '../common/tensors.ts'
import type { GraphSession } from '../engine/session.ts'

/** States [..., S] in environment units -> observations [..., N, O]. */
export async function perceive(graph: GraphSession, S: number, states: Float64Array): Promise<Float32Array> {
  const given = tensor([states.length / S, S], Float32Array.from(states))
  return (await graph.run({ states: given })).observations!.data
}

/** The reverse. */
export async function recover(
  graph: GraphSession,
  { N, O }: { N: number; O: number },
  observations: Float32Array,
): Promise<Float64Array> {
  const given = tensor([observations.length / (N * O), N, O], observations)
  return Float64Array.from((await graph.run({ observations: given })).states!.data)
}

/** Of each team: [B, N] -> [B]. */
export const teamMeans = (values: Float32Array, N: number): Float32Array =>
  Float32Array.from({ length: values.length / N }, (_, row) => {
    const own = values.subarray(row * N, (row + 1) * N)
    return own.reduce((sum, value) => sum + value, 0) / N
  })

/** [B] how likely each ends, of how likely its agents go on [B, N]; 0 of a model whose data has no end to learn of. */
export const endsOf = (continues: Float32Array, N: number, terminates: boolean | undefined): Float32Array =>
  teamMeans(continues, N).map((p) => (terminates === false ? 0 : Math.min(1, Math.max(0, 1 - p))))
