// What a request chooses of what its model's kind offers, and how replies tell it.
import Type, { type TObject } from 'typebox'
import { Chosen } from '../../api/choice.ts'
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { WorldKind } from '../../worlds/world.ts'
import { asList, describe } from '../wire/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'
import { checkFields } from './fields.ts'

type Fields = Readonly<Record<string, unknown>>

/** Fields that stand beside `options` where a kind offers them. */
const BESIDE = ['plan', 'order', 'observations'] as const

interface Request {
  plan?: unknown
  order?: unknown
  observations?: unknown
  options?: Fields
}

/** Throws DimaError `invalid_request`, and others of the kind's own, naming the field. */
export function readChoice(kind: WorldKind, request: Request, seed: number, manifest: Manifest): unknown {
  const { fields } = kind.choices
  const beside = given(request)
  for (const [name, value] of Object.entries(beside)) {
    if (!Object.hasOwn(fields, name)) throw refused(name, `models of kind ${kind.name} have none`, value)
    if (request.options && Object.hasOwn(request.options, name))
      throw refused(`options.${name}`, `${name} stands beside it`, value)
  }
  const shape = shapeOf(kind)
  const options = checkFields(shape, lists(request.options ?? {}), 'options')
  return kind.choices.choose({ ...options, ...checkFields(shape, beside) }, seed, manifest)
}

const shapes = new WeakMap<WorldKind, TObject>()

/** Made once: a schema is compiled when it is first used. */
function shapeOf(kind: WorldKind): TObject {
  const known = shapes.get(kind)
  if (known) return known
  const optional = Object.entries(kind.choices.fields).map(([name, schema]) => [name, Type.Optional(schema)])
  const shape = Type.Object(Object.fromEntries(optional), { additionalProperties: false })
  shapes.set(kind, shape)
  return shape
}

const given = (request: Request): Fields =>
  Object.fromEntries(
    BESIDE.filter((name) => request[name] !== undefined).map((name) => [name, asList(request[name])]),
  )

const lists = (options: Fields): unknown =>
  options instanceof WireTensor
    ? []
    : Object.fromEntries(Object.entries(options).map(([name, value]) => [name, asList(value)]))

/** @param told Choices.describe */
export function chosenFields(told: Fields): { plan?: unknown; order?: unknown; options?: unknown } {
  const isBeside = ([name]: [string, unknown]) => Object.hasOwn(Chosen, name) && name !== 'options'
  const all = Object.entries(told)
  const others = all.filter((entry) => !isBeside(entry))
  return {
    ...Object.fromEntries(all.filter(isBeside)),
    ...(others.length > 0 ? { options: Object.fromEntries(others) } : {}),
  }
}

const refused = (field: string, why: string, value: unknown): DimaError =>
  new DimaError('invalid_request', `${field} has no meaning here: ${why}`, {
    field,
    expected: 'nothing',
    given: describe(value),
  })
