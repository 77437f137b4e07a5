// Building blocks of the wire's schemas.
import Type, { type TSchema } from 'typebox'

export const strict = { additionalProperties: false }

/**
 * Numbers of the given dimensions. In JSON nested arrays; in msgpack nested arrays or one tensor,
 * {"__ndarray__": true, "dtype": "<f4", "shape": [...], "data": <bytes>}.
 */
export const numbers = (dimensions: string[], description: string, item: TSchema = Type.Number()): TSchema =>
  dimensions.reduceRight<TSchema>(
    (inner, _, depth) =>
      Type.Array(inner, depth === 0 ? { description: `[${dimensions.join(', ')}] ${description}` } : {}),
    item,
  )

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

export const Seed = Type.Integer({ minimum: 0, maximum: 4294967295 })

const NOVELTY =
  "largest distance of a state's entry from its mean in the training data, in standard deviations: of states that are " +
  'far from all data, say 10, nothing is known'
export const Novelty = Type.Number({ description: NOVELTY })
export const novelties = (dimensions: string[]) => numbers(dimensions, NOVELTY)

export const ClippedActions = Type.Integer({
  minimum: 0,
  description:
    'entries of the given actions that were outside the space of the model and were clipped; what is answered is ' +
    'what the clipped actions do',
})

export const Deadline = Type.Integer({
  minimum: 1,
  maximum: 600_000,
  description: 'milliseconds after which the answer is useless: work that is still waiting then is dropped',
})

const milliseconds = (description: string) => Type.Number({ description: `milliseconds ${description}` })

export const Timing = Type.Object(
  {
    queue_ms: milliseconds('waited for an executor'),
    compute_ms: milliseconds('spent in the executor'),
    total_ms: milliseconds('from the request to the start of writing the reply'),
  },
  strict,
)
export type Timing = { queue_ms: number; compute_ms: number; total_ms: number }

/** What was used; the digest names its whole content. */
export const ModelUsed = Type.Object(
  { name: Type.String(), version: Type.String(), digest: Type.String() },
  { ...strict, description: 'What is used; the digest names its whole content' },
)

export const ModelReference = Type.String({
  maxLength: 200,
  description: 'name, name@version or name@label; may be left out when one model is served',
})
