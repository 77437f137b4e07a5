// Finished trajectories as the output tensors of an infer reply: lists in its JSON, or bytes behind it. B rows, H steps, N
// agents, A action, S state, O observation.
import type { InferReply } from '../../api/kserve.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import type { ParsedRollout } from '../rollout/parse.ts'
import type { Reply } from '../rollout/views.ts'
import { WireTensor } from '../wire/tensor.ts'
import type { ParsedInfer } from './request.ts'
import { outputsOf } from './tensors.ts'

export interface Inferred {
  json: Reply<InferReply>
  /** what follows it, in the order of the outputs */
  binary: Uint8Array[]
}

type Data = Float32Array | Float64Array | Uint8Array | Int32Array

export function inferReply(
  { id, outputs }: ParsedInfer,
  { bundle, rollout, clipped }: ParsedRollout,
  trajectories: Trajectories,
): Inferred {
  const known = outputsOf(bundle.manifest)
  const binary: Uint8Array[] = []
  const written = outputs.map(({ name, binary: packed }) => {
    const { datatype, shape } = known.find((one) => one.name === name)!
    const data = dataOf(name, rollout, trajectories, bundle.manifest)
    const free = [rollout.batch, rollout.horizon]
    const tensor = { name, datatype, shape: shape.map((size, axis) => (size === -1 ? free[axis]! : size)) }
    if (!packed) return { ...tensor, data: listOf(data, datatype) }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    binary.push(bytes)
    return { ...tensor, parameters: { binary_data_size: bytes.length } }
  })
  const json = {
    model_name: bundle.name,
    model_version: bundle.version,
    ...(id === undefined ? {} : { id }),
    parameters: { seed: rollout.seed, clipped_actions: clipped },
    outputs: written,
  }
  return { json, binary }
}

/** Row-major, as the machine has it: little-endian wherever Node runs. */
function dataOf(
  name: string,
  { actions }: Rollout,
  trajectories: Trajectories,
  manifest: ParsedRollout['bundle']['manifest'],
): Data {
  const data: Record<string, () => Data> = {
    states: () => trajectories.states, // [B, H, S]
    observations: () => trajectories.observations, // [B, H, N, O]
    rewards: () => trajectories.rewards, // [B, H]
    terminations: () => trajectories.terminations, // [B, H]
    termination_probabilities: () => trajectories.terminationProbabilities, // [B, H]
    actions: () => trajectories.actions ?? actions, // [B, H, N, A]
    ood: () => noveltyOf(trajectories.states, manifest), // [B, H]
    lengths: () => trajectories.lengths, // [B]
  }
  return data[name]!()
}

/** Flat. */
function listOf(data: Data, datatype: string): unknown {
  if (datatype === 'BOOL') return Array.from(data, (flag) => flag === 1)
  if (data instanceof Float32Array || data instanceof Float64Array) return new WireTensor(data, [data.length])
  return [...data]
}
