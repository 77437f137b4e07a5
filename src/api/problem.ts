// Every error reply, application/problem+json (RFC 9457).
import Type, { type Static } from 'typebox'

const strict = { additionalProperties: false }

export const FieldError = Type.Object(
  {
    field: Type.String({ description: 'for example actions[3][14][1]' }),
    message: Type.String(),
    expected: Type.Optional(Type.Unknown({ description: 'a shape, a range, a type or the allowed values' })),
    given: Type.Optional(Type.Unknown({ description: 'the same of what was sent' })),
  },
  strict,
)
export type FieldError = Static<typeof FieldError>

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:dima:error:<code>' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String({ description: 'the id of the request, as in x-request-id and in the log' }),
    code: Type.String({ description: 'stable: compare this, not the texts' }),
    hint: Type.String(),
    retry_after_ms: Type.Optional(
      Type.Integer({ description: 'with 429 and 503: wait so long, as Retry-After says in seconds' }),
    ),
    errors: Type.Array(FieldError),
  },
  { ...strict, $id: 'Problem', description: 'RFC 9457 problem details' },
)
export type Problem = Static<typeof Problem>
