// GET /healthz on the wire, and what readiness says of the executors.
import Type, { type Static } from 'typebox'
import { strict } from './shapes.ts'

export const Executors = Type.Object(
  {
    ready: Type.Integer({ description: 'that work at this moment; the server is ready while there is one' }),
    total: Type.Integer({ description: 'that should; those missing are starting or loading a model' }),
    device: Type.String({ description: 'that they compute on: cpu, cuda, webgpu' }),
  },
  { ...strict, description: 'Processes that compute; fewer than all: slower, and nothing is lost' },
)
export type Executors = Static<typeof Executors>

export const Health = Type.Object(
  {
    status: Type.Literal('ok'),
    models: Type.Integer({ description: 'models served' }),
    executors: Executors,
  },
  strict,
)
export type Health = Static<typeof Health>
