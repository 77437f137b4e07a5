// From a spec or a manifest, whose kind the registry has checked, to what its kind does.
import type { Kinds, Memories, WorldKind, WorldSpec } from './world.ts'

export const kindOf = ({ table }: Kinds, { kind }: Pick<WorldSpec, 'kind'>): WorldKind => table[kind]!

const known = new WeakMap<WorldSpec, Memories>()

/** Made once for each spec. */
export function memoriesOf(kinds: Kinds, spec: WorldSpec): Memories {
  const found = known.get(spec) ?? kindOf(kinds, spec).memories(spec)
  known.set(spec, found)
  return found
}
