// In a process that was started to compute: how it opens graphs, by its second argument.
import type { GraphSessionOptions } from '../../engine/session.ts'

export const givenSession = (): GraphSessionOptions =>
  JSON.parse(process.argv[3] ?? '{}') as GraphSessionOptions
