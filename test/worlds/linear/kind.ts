// A second kind of world model, as small as one can be: s' = s W + a V + noise, one graph, no networks. It shows what a
// kind must bring, and that nothing outside src/worlds knows more of a kind than the contract. B rows, S state, N agents,
// A action, O observation: everyone sees the first O entries of the state.
import Type from 'typebox'
import { concatenate, cutRows, tensor } from '../../../src/common/tensors.ts'
import { rowsOf } from '../../../src/registry/signatures.ts'
import { drawStepEnds } from '../../../src/worlds/ends.ts'
import { stepStreams } from '../../../src/worlds/noise.ts'
import { readNumbers } from '../../../src/worlds/snapshot-fields.ts'
import { steppedRollout } from '../../../src/worlds/stepped-rollout.ts'
import * as world from '../../../src/worlds/world.ts'

/** The kind's own field of the manifest: the standard deviation of a step. */
export type LinearSpec = world.WorldSpec & { deviation: number }
/** How much of it there is to be. */
type Choice = { noise: number }
type Memory = { state: Float32Array } // [S]
type Turn = Memory & { action: Float32Array } // [N, A]

const Noise = Type.Number({ minimum: 0, maximum: 10, description: 'how much of the deviation. Default: 1' })

const choices: world.Choices<Choice> = {
  fields: { noise: Noise },
  choose: ({ noise = 1 }) => ({ noise: noise as number }),
  describe: (choice) => ({ ...choice }),
  facts: () => ({}),
  label: () => 'linear',
  every: () => [{ noise: 1 }],
  scored: () => [{ plan: 'linear', order: '-', evaluations: 1, embeddings: 0, choice: { noise: 1 } }],
}

const memories = (spec: world.WorldSpec): world.Memories<Memory, Turn, Choice> => ({
  begin: (_start, carried) => ({ state: carried }),
  take: ({ state }, action) => ({ state, action }),
  follow: (_turn, carried) => ({ state: carried }),
  gather: (turns) => ({
    states: concatenate(turns.map(({ state }) => state)), // [B, S]
    actions: concatenate(turns.map(({ action }) => action)), // [B, N, A]
  }),
  bytes: ({ state }) => state.byteLength,
  fields: { noise: Noise, remembered: Type.Unknown() },
  pack: ({ state }, { noise }) => ({ noise, remembered: state }),
  unpack: ({ noise, remembered }) => ({
    memory: { state: readNumbers('f4', remembered, spec.state.length, 'remembered') },
    choice: { noise: noise as number },
  }),
})

function simulator(spec: LinearSpec, { dynamics }: world.Graphs): world.Simulator {
  const { L, N, A, S, O } = world.lettersOf(spec)
  const seen = (states: Float32Array) => {
    const rows = Array.from({ length: states.length / S }, (_, row) => states.subarray(row * S, row * S + O))
    return concatenate(rows.flatMap((row) => Array<Float32Array>(N).fill(row))) // [B, N, O]
  }
  const begin: world.Simulator['begin'] = async ({ batch: B, states }) => {
    const carried = cutRows(Float32Array.from(states), B, (L - 1) * S, S)
    return { carried, observations: seen(carried) }
  }
  const step: world.Simulator['step'] = async ({ turns, seeds, keys, steps, choice }) => {
    const B = keys.length
    const state = tensor([B, S], turns.states as Float32Array)
    const out = await dynamics!.run({ state, actions: tensor([B, N, A], turns.actions as Float32Array) })
    const scale = spec.deviation * (choice as Choice).noise
    const noise = stepStreams({ seeds, keys, steps }).normals(S)
    const carried = out.next!.data.map((x, i) => x + scale * noise[i]!)
    const terminationProbabilities = out.end!.data
    const terminations = drawStepEnds(terminationProbabilities, { seeds, keys, steps })
    const drawn = { carried, states: Float64Array.from(carried), observations: seen(carried), terminations }
    return { ...drawn, rewards: out.reward!.data, terminationProbabilities, computeMs: 0 }
  }
  return { begin, step, rollout: (rollout) => steppedRollout(spec, memories(spec), { begin, step }, rollout) }
}

export const linear: world.WorldKind = {
  name: 'linear',
  policies: false,
  about: { title: 'A linear world model', choices: '* `noise` scales the deviation of a step.' },
  fields: { deviation: Type.Number({ minimum: 0 }) },
  signatures: (manifest) => {
    const { N, A, S } = world.lettersOf(manifest)
    const outputs = { next: rowsOf(S), reward: rowsOf(), end: rowsOf() }
    return { dynamics: { inputs: { state: rowsOf(S), actions: rowsOf(N, A) }, outputs } }
  },
  contradiction: ({ observation, state }) =>
    observation.length > state.length ? 'an observation is wider than the state' : undefined,
  choices,
  memories,
  simulator: (spec, graphs) => simulator(spec as LinearSpec, graphs),
}
