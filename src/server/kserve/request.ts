// An infer request as the fields of a rollout: tensors by name become starts, actions and seed; the other choices of a rollout
// are parameters. B rows, H steps, l start states, N agents, A action, S state.
import Type from 'typebox'
import { InferRequest, type Tensor } from '../../api/kserve.ts'
import { strict } from '../../api/shapes.ts'
import { DimaError } from '../../common/errors.ts'
import { sizeOf } from '../../common/tensors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { checkSize } from '../rollout/actions.ts'
import { checkFields } from '../rollout/fields.ts'
import { WireTensor } from '../wire/tensor.ts'
import type { InferBody } from './body.ts'
import { readInputs } from './given.ts'
import { inputsOf, outputsOf } from './tensors.ts'

const Input = Type.Object(
  { ...InferRequest.properties.inputs.items.properties, data: Type.Optional(Type.Unknown()) },
  strict,
)
const Shell = Type.Object(
  { ...InferRequest.properties, inputs: Type.Array(Input, { minItems: 1, maxItems: 4 }) },
  strict,
)

export interface ParsedInfer {
  id: string | undefined
  /** as POST /v1/rollout takes them */
  fields: object
  /** names, in the order of the reply */
  outputs: { name: string; binary: boolean }[]
}

/** Throws DimaError naming an input, an output or a parameter. @param mostRows of a rollout */
export function parseInfer(
  { json, binary }: InferBody,
  reference: string,
  manifest: Manifest,
  mostRows: number,
): ParsedInfer {
  const { id, parameters = {}, inputs, outputs } = checkFields(Shell, json)
  const { binary_data_output: allBinary = false, policy, timeout, deadline_ms, ...choices } = parameters
  for (const { name, shape } of inputs) checkInput(name, shape, manifest, mostRows)
  const given = readInputs(inputs, binary)
  const deadline = deadline_ms ?? (timeout === undefined ? undefined : Math.ceil(timeout / 1000))
  return {
    id,
    fields: {
      model: reference,
      ...choices,
      ...(policy === undefined ? {} : { policy: { mode: policy } }),
      ...(deadline === undefined ? {} : { deadline_ms: deadline }),
      starts: startsOf(given),
      ...(given.has('actions') ? { actions: given.get('actions') } : {}),
      ...(given.has('seed') ? { seed: given.get('seed')!.data[0] } : {}),
    },
    outputs: chosenOutputs(outputs, allBinary, manifest),
  }
}

/** Rank, sizes that are not free, and how large those may be that are. */
function checkInput(name: string, shape: readonly number[], manifest: Manifest, mostRows: number): void {
  const field = `inputs.${name}`
  const known: Tensor[] = inputsOf(manifest)
  const expected = known.find((one) => one.name === name)?.shape
  if (!expected)
    throw new DimaError('invalid_request', `${field} is no input of a rollout`, {
      field,
      expected: known.map((one) => one.name),
    })
  const isFree = (axis: number) => expected[axis] === -1
  if (
    shape.length !== expected.length ||
    !expected.every((size, axis) => isFree(axis) || size === shape[axis])
  )
    throw new DimaError(
      'invalid_shape',
      `${field} has shape [${shape.join(', ')}], expected [${expected.join(', ')}]`,
      { field, expected, given: shape },
    )
  const { horizon, context } = manifest
  if (isFree(0)) checkSize('batch_out_of_range', field, 'rows', shape[0]!, mostRows)
  if (name === 'actions') checkSize('horizon_out_of_range', field, 'steps', shape[1]!, horizon)
  else if (isFree(1) && shape[1]! > context)
    throw new DimaError(
      'invalid_shape',
      `${field} has ${shape[1]} entries of a window, expected ${context} at most`,
      {
        field,
        expected: context,
        given: shape[1],
      },
    )
}

/** One start for each row of start_states [B, l, S]; a single one is every row's. */
function startsOf(given: Map<string, WireTensor>): object[] {
  const states = given.get('start_states')
  if (!states) throw missing('start_states')
  const [rows = 0, length = 0] = states.shape
  const actions = given.get('start_actions')
  if (actions && actions.shape[0] !== rows)
    throw new DimaError(
      'invalid_shape',
      `inputs.start_actions has ${actions.shape[0]} rows, start_states ${rows}`,
      {
        field: 'inputs.start_actions',
        expected: rows,
        given: actions.shape[0],
      },
    )
  if (!actions && length > 1) throw missing('start_actions')
  return Array.from({ length: rows }, (_, row) => ({
    states: rowOf(states, row),
    ...(actions ? { actions: rowOf(actions, row) } : {}),
  }))
}

function rowOf({ data, shape: [, ...shape] }: WireTensor, row: number): WireTensor {
  const size = sizeOf(shape)
  return new WireTensor(data.subarray(row * size, (row + 1) * size), shape)
}

function chosenOutputs(
  outputs: InferRequest['outputs'],
  allBinary: boolean,
  manifest: Manifest,
): ParsedInfer['outputs'] {
  const known = outputsOf(manifest).map(({ name }) => name)
  if (!outputs) return known.map((name) => ({ name, binary: allBinary }))
  return outputs.map(({ name, parameters }, i) => {
    const field = `outputs[${i}].name`
    if (!known.includes(name))
      throw new DimaError('invalid_request', `${field} is no output of a rollout`, {
        field,
        expected: known,
        given: name,
      })
    return { name, binary: parameters?.binary_data ?? allBinary }
  })
}

const missing = (name: string): DimaError =>
  new DimaError('invalid_request', `inputs.${name} is missing`, {
    field: `inputs.${name}`,
    expected: 'tensor',
    given: 'nothing',
  })
