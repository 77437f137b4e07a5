// The first line of a run as bytes, checked: a link is typed, cut and edited by anybody.
import type { ModelDetail } from '../../api/models.ts'
import type { Acting } from '../actors/policy.ts'
import { type StartChoice, startOf } from '../play/starts.ts'
import { MOST_STEPS } from '../play/steps.ts'

export interface Head {
  format: 1
  plan?: string
  segments: { seed: number; start: StartChoice; runs: { acting?: Acting; steps: number }[] }[]
}

/** What a run has to fit. */
export type Replayed = Pick<ModelDetail, 'agents' | 'spaces' | 'plans' | 'policy' | 'examples'>

/** Throws Error in words. */
export function headOf(text: string, model: Replayed): Head {
  let head: Partial<Head> | null
  try {
    head = JSON.parse(text)
  } catch {
    throw wrong('it was cut or changed')
  }
  if (head?.format !== 1) throw wrong('it is of another version of this page')
  const { plan, segments } = head
  if (plan !== undefined && !model.plans?.some(({ name }) => name === plan))
    throw wrong(`the model has no plan ${plan}`)
  if (!Array.isArray(segments) || segments.length === 0) throw wrong('it has no episode')
  for (const segment of segments) check(segment ?? {}, model)
  return head as Head
}

function check({ seed, start, runs }: Partial<Head['segments'][number]>, model: Replayed): void {
  if (!isCount(seed, 2 ** 32 - 1)) throw wrong(`its seed is ${seed}`)
  if (!isStart(start, model)) throw wrong('it does not say where it starts')
  if (!Array.isArray(runs) || !runs.every((run) => isCount(run?.steps, MOST_STEPS)))
    throw wrong('it does not say who acts')
  for (const { acting } of runs) if (!isActing(acting, model)) throw wrong('who acts is not known')
}

function isStart(start: StartChoice | undefined, model: Replayed): boolean {
  if (start?.kind === 'own') return true
  if (start?.kind === 'given') return Array.isArray(start.start?.states) // the server checks them
  if (start?.kind !== 'example') return false
  try {
    return startOf(start, model) !== undefined
  } catch {
    return false
  }
}

function isActing(acting: Acting | undefined, { agents, policy }: Replayed): boolean {
  if (acting === undefined) return true
  const { mode, agents: acted } = acting ?? {}
  return (
    policy &&
    ['mean', 'sample'].includes(mode) &&
    Array.isArray(acted) &&
    acted.length > 0 &&
    acted.every((agent, i) => isCount(agent, agents.length - 1) && acted.indexOf(agent) === i)
  )
}

const isCount = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most

export const wrong = (why: string): Error => new Error(`This link can't be replayed: ${why}`)
