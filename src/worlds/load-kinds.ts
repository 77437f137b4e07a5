// In a process that was started to work with worlds: the kinds that it is told of, by its first argument.
import type { Kinds } from './world.ts'

export async function loadKinds(): Promise<Kinds> {
  const { KINDS } = (await import(process.argv[2]!)) as { KINDS: Kinds }
  return KINDS
}
