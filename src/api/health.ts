// GET /healthz on the wire.
import Type, { type Static } from 'typebox'

export const Health = Type.Object(
  { status: Type.Literal('ok'), models: Type.Integer({ description: 'models served' }) },
  { additionalProperties: false },
)
export type Health = Static<typeof Health>
