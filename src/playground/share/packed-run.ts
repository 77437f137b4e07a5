// A run as bytes: who acted, from which start and seed, and of every step the levels that were chosen. One line of JSON, then a
// byte for each level. J numbers of a joint action.
import type { Mixed } from '../actors/mixer.ts'
import type { Acting } from '../actors/policy.ts'
import { MOST_STEPS, runsOf, type Segment } from '../play/recording.ts'
import type { StartChoice } from '../play/starts.ts'

export interface SharedRun {
  readonly plan: string | undefined
  readonly segments: Segment[]
}

interface Head {
  format: 1
  plan?: string
  segments: { seed: number; start: StartChoice; runs: { acting?: Acting; steps: number }[] }[]
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

/** @param J of the model. Throws Error in words: what is wrong with it. */
export function unpackRun(bytes: Uint8Array, J: number): SharedRun {
  const end = bytes.indexOf(NEW_LINE)
  const head = headOf(new TextDecoder().decode(bytes.subarray(0, Math.max(0, end))))
  const runs = head.segments.flatMap((segment) => segment.runs)
  const steps = runs.reduce((sum, run) => sum + run.steps, 0)
  const levels = bytes.subarray(end + 1)
  if (levels.length !== steps * J)
    throw wrong(`it has ${levels.length} numbers of actions, not ${steps * J}: is it of another model?`)
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

function headOf(text: string): Head {
  let head: Partial<Head>
  try {
    head = JSON.parse(text)
  } catch {
    throw wrong('it was cut or changed')
  }
  if (head?.format !== 1) throw wrong('it is of another version of this page')
  if (!Array.isArray(head.segments) || head.segments.length === 0) throw wrong('it has no episode')
  for (const { seed, start, runs } of head.segments) {
    if (!isCount(seed, 2 ** 32 - 1)) throw wrong(`its seed is ${seed}`)
    if (!['own', 'example', 'given'].includes(start?.kind)) throw wrong('it does not say where it starts')
    if (!Array.isArray(runs) || !runs.every(({ steps }) => isCount(steps, MOST_STEPS)))
      throw wrong('it does not say who acts')
    if (!runs.every(({ acting }) => acting === undefined || isActing(acting)))
      throw wrong('who acts is not known')
  }
  return head as Head
}

const isActing = ({ mode, agents }: Acting): boolean =>
  ['mean', 'sample'].includes(mode) && Array.isArray(agents) && agents.every((agent) => isCount(agent, 1000))

const isCount = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most

const wrong = (why: string): Error => new Error(`This link can't be replayed: ${why}`)
