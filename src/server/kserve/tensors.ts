// A rollout in the words of the Open Inference Protocol: tensors by name, type and shape. B rows, H steps, l start states,
// N agents, A action, S state, O observation.
import type { ModelMetadata, Tensor } from '../../api/kserve.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Repository } from '../../registry/repository.ts'

export const kserveMetadata = ({ name, manifest }: Bundle, repository: Repository): ModelMetadata => ({
  name,
  versions: repository.versions(name).map(({ version }) => version),
  platform: 'onnx_onnxv1',
  inputs: inputsOf(manifest),
  outputs: outputsOf(manifest),
})

/** B, H and l are free: -1. */
export function inputsOf({ agents, action, state }: Manifest): Tensor[] {
  const joint = [agents.length, action.dimension]
  return [
    { name: 'start_states', datatype: 'FP64', shape: [-1, -1, state.length] }, // [B, l, S]
    { name: 'start_actions', datatype: 'FP32', shape: [-1, -1, ...joint] }, // [B, l-1, N, A]
    { name: 'actions', datatype: 'FP32', shape: [-1, -1, ...joint] }, // [B, H, N, A]
    { name: 'seed', datatype: 'UINT32', shape: [1] },
  ]
}

export function outputsOf({ agents, action, state, observation }: Manifest): Tensor[] {
  const N = agents.length
  return [
    { name: 'states', datatype: 'FP64', shape: [-1, -1, state.length] }, // [B, H, S]
    { name: 'observations', datatype: 'FP32', shape: [-1, -1, N, observation.length] }, // [B, H, N, O]
    { name: 'rewards', datatype: 'FP32', shape: [-1, -1] }, // [B, H]
    { name: 'terminations', datatype: 'BOOL', shape: [-1, -1] }, // [B, H]
    { name: 'termination_probabilities', datatype: 'FP32', shape: [-1, -1] }, // [B, H]
    { name: 'actions', datatype: 'FP32', shape: [-1, -1, N, action.dimension] }, // [B, H, N, A]
    { name: 'ood', datatype: 'FP64', shape: [-1, -1] }, // [B, H]
    { name: 'lengths', datatype: 'INT32', shape: [-1] }, // [B]
  ]
}
