// The fields that manifests are made of: nothing may be more than is written down, and everything has an end.
import Type, { type TSchema } from 'typebox'
import { MOST } from './limits.ts'

const strict = { additionalProperties: false }
export const object = <P extends Record<string, TSchema>>(properties: P, description?: string) =>
  Type.Object(properties, { ...strict, ...(description ? { description } : {}) })
export const list = <S extends TSchema>(item: S, maxItems: number) =>
  Type.Array(item, { minItems: 1, maxItems })
export const few = <S extends TSchema>(item: S) => Type.Array(item, { maxItems: MOST.steps })
export const Text = (description?: string) =>
  Type.String({ maxLength: MOST.text, ...(description ? { description } : {}) })
export const Name = Type.String({ maxLength: MOST.name })
export const Count = (description?: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, ...(description ? { description } : {}) })
export const GraphName = Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,30}$' })
