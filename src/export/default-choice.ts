// What a model imagines by unless a request asks, in a word of its kind.
import { kindOf } from '../worlds/kind-of.ts'
import { KINDS } from '../worlds/kinds.ts'
import type { WorldSpec } from '../worlds/world.ts'

export function defaultChoice(spec: WorldSpec): string {
  const { choices } = kindOf(KINDS, spec)
  return choices.label(choices.every(spec)[0])
}
