// The files that `npm run simulate` reads: a start, and joint actions.
import Type, { type TSchema } from 'typebox'
import { DimaError } from '../common/errors.ts'
import { readJsonFile } from '../common/named-files.ts'
import type { Body } from './robots/body.ts'
import type { Start } from './simulate.ts'
import type { TaskSpec } from './task-spec.ts'

/** A policy computes in 32 bits, and the square of such a number is finite in the control cost. */
const LARGEST = 3.4028234663852886e38

const list = (length: number) =>
  Type.Array(Type.Number({ minimum: -LARGEST, maximum: LARGEST }), { minItems: length, maxItems: length })

/**
 * `{ "seed": n }` or `{ "qpos": [..], "qvel": [..] }`. DimaError `invalid_config`, `invalid_json`, `invalid_shape`,
 * `not_finite`, `invalid_request`.
 */
export function readStart(path: string, { coordinates }: Body): Start {
  const { seed, qpos, qvel } = readJsonFile(
    path,
    Type.Object(
      {
        seed: Type.Optional(Type.Integer({ minimum: 0 })),
        qpos: Type.Optional(list(coordinates.qpos.length)),
        qvel: Type.Optional(list(coordinates.qvel.length)),
      },
      { additionalProperties: false },
    ),
    'start',
  )
  if (seed !== undefined && !qpos && !qvel) return { seed }
  if (seed === undefined && qpos && qvel) return { qpos, qvel }
  const given = Object.entries({ seed, qpos, qvel }).flatMap(([name, value]) =>
    value === undefined ? [] : name,
  )
  throw new DimaError(
    'invalid_request',
    `start has ${given.join(', ') || 'nothing'}: give qpos and qvel, or seed`,
    {
      field: 'start',
      expected: [['qpos', 'qvel'], ['seed']],
      given,
    },
  )
}

/** Joint actions [T, N, A], agents in the order of the task; rows differ in length where agents differ. */
export function readActions(path: string, { agents }: TaskSpec): number[][][] {
  const joint: TSchema = Type.Tuple(agents.map(({ actuators }) => list(actuators.length)))
  return readJsonFile(path, Type.Array(joint, { minItems: 1 }), 'actions') as number[][][]
}
