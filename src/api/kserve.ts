// Health and metadata of the Open Inference Protocol v2 (KServe, Triton) on the wire.
import Type, { type Static } from 'typebox'
import { Executors } from './health.ts'
import { Problem } from './problem.ts'
import { strict } from './shapes.ts'

export const Live = Type.Object({ live: Type.Literal(true) }, strict)
export const Ready = Type.Object({ ready: Type.Literal(true), executors: Executors }, strict)
export const ModelReady = Type.Object({ name: Type.String(), ready: Type.Literal(true) }, strict)

export const ServerMetadata = Type.Object(
  { name: Type.String(), version: Type.String(), extensions: Type.Array(Type.String()) },
  strict,
)

const Tensor = Type.Object(
  {
    name: Type.String(),
    datatype: Type.Enum(['FP32', 'FP64', 'BOOL', 'INT32', 'UINT32']),
    shape: Type.Array(Type.Integer(), { description: '-1: free' }),
  },
  strict,
)
export type Tensor = Static<typeof Tensor>

export const ModelMetadata = Type.Object(
  {
    name: Type.String(),
    versions: Type.Array(Type.String(), { description: 'served, lowest first' }),
    platform: Type.Literal('onnx_onnxv1'),
    inputs: Type.Array(Tensor, { description: 'of a rollout' }),
    outputs: Type.Array(Tensor, { description: 'of a rollout' }),
  },
  strict,
)
export type ModelMetadata = Static<typeof ModelMetadata>

/** problem+json that clients of the protocol, who look for `error`, understand too. */
export const KserveProblem = Type.Object(
  { ...Problem.properties, error: Type.String({ description: 'same as detail' }) },
  { ...strict, $id: 'KserveProblem' },
)
export type KserveProblem = Static<typeof KserveProblem>
