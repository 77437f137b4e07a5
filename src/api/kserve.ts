// Health, metadata, infer and the index of the Open Inference Protocol v2 (KServe, Triton) on the wire.
import Type, { type Static } from 'typebox'
import { OBSERVATION_NAMES, ORDER_NAMES, PLAN_NAMES } from './choice.ts'
import { Executors } from './health.ts'
import { POLICY_MODES } from './policy.ts'
import { Problem } from './problem.ts'
import { Deadline, strict } from './shapes.ts'

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

/** Floats of either width where a float is asked for, integers of any for the seed. */
const GIVEN_TYPES = ['FP32', 'FP64', 'INT32', 'UINT32', 'INT64', 'UINT64'] as const

const Flat = Type.Array(Type.Unknown(), { description: 'row-major, flat or nested' })
const Size = Type.Integer({ minimum: 0, maximum: 1_073_741_824, description: 'bytes, behind the JSON' })
const TensorName = Type.String({ maxLength: 200 })

const InferInput = Type.Object(
  {
    name: TensorName,
    shape: Type.Array(Type.Integer({ minimum: 0, maximum: 1_073_741_824 }), { maxItems: 8 }),
    datatype: Type.Enum(GIVEN_TYPES),
    parameters: Type.Optional(Type.Object({ binary_data_size: Type.Optional(Size) }, strict)),
    data: Type.Optional(Flat),
  },
  strict,
)

const InferParameters = Type.Object(
  {
    plan: Type.Optional(Type.Enum(PLAN_NAMES)),
    order: Type.Optional(Type.Enum(ORDER_NAMES)),
    observations: Type.Optional(Type.Enum(OBSERVATION_NAMES)),
    policy: Type.Optional(
      Type.Enum(POLICY_MODES, {
        description: "the model's policy acts for all: then actions may be left out",
      }),
    ),
    horizon: Type.Optional(
      Type.Integer({ minimum: 1, description: 'H, when there are no actions to tell it' }),
    ),
    deadline_ms: Type.Optional(Deadline),
    timeout: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 600_000_000,
        description: "the same in microseconds, as Triton's clients say it",
      }),
    ),
    binary_data_output: Type.Optional(
      Type.Boolean({ description: 'outputs that do not say otherwise as bytes behind the JSON' }),
    ),
  },
  { ...strict, description: 'What else POST /v1/rollout lets a request choose' },
)

export const InferRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 200, description: 'comes back' })),
    parameters: Type.Optional(InferParameters),
    inputs: Type.Array(InferInput, {
      minItems: 1,
      maxItems: 4,
      description:
        'start_states [B, l, S], or [1, l, S] for all rows; start_actions [B, l-1, N, A], unless l = 1; actions [B, H, N, A]; ' +
        'seed [1], drawn where it is left out',
    }),
    outputs: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: TensorName,
            parameters: Type.Optional(Type.Object({ binary_data: Type.Optional(Type.Boolean()) }, strict)),
          },
          strict,
        ),
        { minItems: 1, maxItems: 16, description: 'Default: all that the metadata lists' },
      ),
    ),
  },
  strict,
)
export type InferRequest = Static<typeof InferRequest>

export const InferReply = Type.Object(
  {
    model_name: Type.String(),
    model_version: Type.String(),
    id: Type.Optional(Type.String()),
    parameters: Type.Object(
      {
        seed: Type.Integer({ description: 'Send it to get these trajectories again' }),
        clipped_actions: Type.Integer({
          description: 'entries of given actions that were outside their space',
        }),
      },
      strict,
    ),
    outputs: Type.Array(
      Type.Object(
        {
          ...Tensor.properties,
          parameters: Type.Optional(Type.Object({ binary_data_size: Size }, strict)),
          data: Type.Optional(
            Type.Union([Type.Array(Type.Number()), Type.Array(Type.Boolean())], {
              description: 'row-major, flat',
            }),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
)
export type InferReply = Static<typeof InferReply>

export const IndexRequest = Type.Object(
  { ready: Type.Optional(Type.Boolean({ description: 'only what is served' })) },
  strict,
)

export const RepositoryIndex = Type.Array(
  Type.Object(
    {
      name: Type.String(),
      version: Type.Optional(Type.String()),
      state: Type.Enum(['READY', 'UNAVAILABLE']),
      reason: Type.String({ description: 'empty where it is served' }),
    },
    strict,
  ),
)
export type RepositoryIndex = Static<typeof RepositoryIndex>

/** problem+json that clients of the protocol, who look for `error`, understand too. */
export const KserveProblem = Type.Object(
  { ...Problem.properties, error: Type.String({ description: 'same as detail' }) },
  { ...strict, $id: 'KserveProblem' },
)
export type KserveProblem = Static<typeof KserveProblem>
