// A run as bytes: who acted, from which start and seed, and of every step the levels that were chosen. One line of JSON, then a
// byte for each level. J numbers of a joint action.
import { MOST } from '../actors/levels.ts'
import type { Mixed } from '../actors/mixer.ts'
import type { Acting } from '../actors/policy.ts'
import { runsOf, type Segment } from '../play/recording.ts'
import { MOST_STEPS } from '../play/steps.ts'
import { type Head, headOf, type Replayed, wrong } from './head.ts'

export interface SharedRun {
  readonly plan: string | undefined
  readonly segments: Segment[]
}

const NEW_LINE = 10

export function packRun({ plan, segments }: SharedRun): Uint8Array {
  const kept = segments.map((one) => ({ ...one, steps: one.steps.slice(0, MOST_STEPS) }))
  const head: Head = {
    format: 1,
    ...(plan ? { plan } : {}),
    segments: kept.map(({ seed, start, steps }) => ({
      seed,
      start,
      runs: runsOf(steps).map(({ acting, steps }) => ({ ...(acting ? { acting } : {}), steps })),
    })),
  }
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`)
  const levels = kept.flatMap(({ steps }) => steps.map((step) => step.levels))
  const bytes = new Uint8Array(line.length + levels.reduce((sum, one) => sum + one.length, 0))
  bytes.set(line)
  let offset = line.length
  for (const one of levels) {
    bytes.set(one, offset)
    offset += one.length
  }
  return bytes
}

/** Throws Error in words: what is wrong with it. */
export function unpackRun(bytes: Uint8Array, model: Replayed): SharedRun {
  const J = model.agents.length * model.spaces.action.dimension
  const end = bytes.indexOf(NEW_LINE)
  const head = headOf(new TextDecoder().decode(bytes.subarray(0, Math.max(0, end))), model)
  const runs = head.segments.flatMap((segment) => segment.runs)
  const steps = runs.reduce((sum, run) => sum + run.steps, 0)
  const levels = bytes.subarray(end + 1)
  if (levels.length !== steps * J)
    throw wrong(`it has ${levels.length} numbers of actions, not ${steps * J}: is it of another model?`)
  if (levels.some((level) => level > MOST)) throw wrong('an action is beyond its range')
  let offset = 0
  const take = (acting: Acting | undefined): Mixed => {
    offset += J
    return { acting, levels: levels.slice(offset - J, offset) }
  }
  const segments = head.segments.map(({ seed, start, runs }) => ({
    seed,
    start,
    steps: runs.flatMap(({ acting, steps }) => Array.from({ length: steps }, () => take(acting))),
  }))
  return { plan: head.plan, segments }
}
