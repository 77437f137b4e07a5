// A request's fields become a problem for the planner and how to look for its answer, or an error that names the field.
import { randomInt } from 'node:crypto'
import type { PlanRequest } from '../../api/plan.ts'
import { DimaError } from '../../common/errors.ts'
import type { Sessions } from '../../inference/live/types.ts'
import { type Objective, type Others, type PlanProblem, widthOf } from '../../inference/planning/problem.ts'
import { costOf, type Search } from '../../inference/planning/search.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { kindOf } from '../../worlds/kind-of.ts'
import type { StartWindow } from '../../worlds/starts.ts'
import type { WorldKind } from '../../worlds/world.ts'
import type { Catalog } from '../catalog.ts'
import type { Limits } from '../context.ts'
import { keepInside, type OutOfRange } from '../rollout/action-range.ts'
import { checkSize } from '../rollout/actions.ts'
import { readChoice } from '../rollout/choice.ts'
import { checkFields } from '../rollout/fields.ts'
import { agentsNamed } from '../rollout/policy.ts'
import { readStart } from '../rollout/starts.ts'
import { copyNumbers, describe } from '../wire/numbers.ts'
import { readConstraints } from './constraints.ts'
import { longest, methodOf, readSearch } from './search.ts'
import { PlanShell } from './shell.ts'

export interface ParsedPlan {
  bundle: Bundle
  kind: WorldKind
  problem: PlanProblem
  search: Search
  /** [P, N, A] that will be taken before the plan begins */
  pending: Float32Array
  /** entries of given actions that were outside their space */
  clipped: number
  deadlineMs: number | undefined
  /** joint steps that are imagined for it at most */
  steps: number
}

/** Where a plan begins. */
interface Beginning {
  bundle: Bundle
  choice: unknown
  start: StartWindow
  clipped: number
}

export async function parsePlan(
  fields: unknown,
  { repository, kinds }: Pick<Catalog, 'repository' | 'kinds'>,
  { batch, outOfRange }: Pick<Limits, 'batch' | 'outOfRange'>,
  sessions: Pick<Sessions, 'bring' | 'window'>,
  owner: string,
): Promise<ParsedPlan> {
  const request = checkFields(PlanShell, fields)
  const seed = request.seed ?? randomInt(2 ** 32)
  const began =
    request.session_id === undefined
      ? fromStart(request, { repository, kinds }, outOfRange, seed)
      : await fromSession(request, request.session_id, sessions, owner)
  const { bundle, start } = began
  const { manifest } = bundle
  const pending = readSequence(request.pending_actions, 'pending_actions', manifest, outOfRange)
  const horizon = horizonOf(request, manifest)
  const given = readSequence(request.given, 'given', manifest, outOfRange, horizon)
  const previous = pending.actions.length > 0 ? pending.actions : start.actions
  const D = widthOf(manifest)
  const problem: PlanProblem = {
    digest: bundle.digest,
    spec: manifest,
    start,
    choice: began.choice,
    seed,
    horizon,
    planned: agentsNamed(request.agents, manifest, 'agents'),
    others: { by: 'given', actions: given.actions },
    constraints: readConstraints(
      request.constraints,
      manifest,
      previous.length > 0 ? previous.slice(-D) : undefined,
    ),
    objective: readObjective(request.objective, manifest),
  }
  problem.others = readOthers(request, manifest, problem)
  const search = readSearch(request, manifest, problem)
  const { rows, steps } = costOf(problem, search)
  checkSize('batch_out_of_range', 'population', 'rows with its noises', rows, batch)
  return {
    bundle,
    kind: kindOf(kinds, manifest),
    problem,
    search,
    pending: pending.actions,
    clipped: began.clipped + pending.clipped + given.clipped,
    deadlineMs: request.deadline_ms,
    steps: steps + pending.actions.length / D,
  }
}

function fromStart(
  request: PlanShell,
  { repository, kinds }: Pick<Catalog, 'repository' | 'kinds'>,
  outOfRange: OutOfRange,
  seed: number,
): Beginning {
  if (request.start === undefined)
    throw new DimaError('invalid_request', 'start is missing, and there is no session_id', {
      field: 'start',
      expected: 'object',
      given: 'nothing',
    })
  const bundle = repository.resolve(request.model)
  const { manifest } = bundle
  const choice = readChoice(kindOf(kinds, manifest), request, seed, manifest)
  const { window, clipped } = readStart(request.start, 'start', manifest, outOfRange)
  return { bundle, choice, start: window, clipped }
}

const OF_SESSION = ['start', 'model', 'plan', 'order', 'observations', 'options'] as const

async function fromSession(
  request: PlanShell,
  id: string,
  sessions: Pick<Sessions, 'bring' | 'window'>,
  owner: string,
): Promise<Beginning> {
  for (const name of OF_SESSION)
    if (request[name] !== undefined) throw meaningless(name, 'it is as the session has it', request[name])
  await sessions.bring(owner, id)
  return { ...(await sessions.window(owner, id)), clipped: 0 }
}

function horizonOf(request: PlanShell, { horizon: most }: Manifest): number {
  const horizon = request.horizon ?? Math.min(methodOf(request).horizon, most)
  checkSize('horizon_out_of_range', 'horizon', 'steps', horizon, most)
  return horizon
}

/** @param steps how many there must be; default: 1 to the model's horizon */
function readSequence(value: unknown, field: string, manifest: Manifest, mode: OutOfRange, steps?: number) {
  if (value === undefined) return { actions: new Float32Array(), clipped: 0 }
  const joint = [manifest.agents.length, manifest.action.dimension]
  const length = steps ?? longest(value, field, joint, manifest.horizon)
  const actions = new Float32Array(length * widthOf(manifest))
  copyNumbers(value, [length, ...joint], field, actions)
  return { actions, clipped: keepInside(actions, manifest, mode, field, [length]) }
}

function readOthers(
  request: PlanShell,
  manifest: Manifest,
  { planned, others, horizon }: PlanProblem,
): Others {
  if (planned.every(Boolean)) {
    for (const name of ['others', 'given'] as const)
      if (request[name] !== undefined) throw meaningless(name, 'all agents are planned', request[name])
    return { by: 'given', actions: new Float32Array(horizon * widthOf(manifest)) }
  }
  if (request.given !== undefined) {
    if (request.others !== undefined) throw meaningless('others', 'their actions are given', request.others)
    return others
  }
  if (manifest.graphs.policy) return { by: 'policy', mode: request.others ?? 'mean' }
  throw new DimaError(
    'no_policy',
    `${manifest.name} has no policy to act for the other agents: give their actions`,
    {
      field: 'given',
    },
  )
}

function readObjective(given: PlanRequest['objective'] = {}, { name, value, graphs }: Manifest): Objective {
  if (given.terminal === 'value' && !graphs.value)
    throw new DimaError('no_value', `${name} has no value of states`, { field: 'objective.terminal' })
  if (given.departure && !graphs.policy)
    throw new DimaError('no_policy', `${name} has no policy`, { field: 'objective.departure' })
  return {
    discount: given.discount ?? value?.discount ?? 0.99,
    terminal: given.terminal ?? (graphs.value ? 'value' : 'none'),
    samples: given.samples ?? 1,
    risk: given.risk ?? 0,
    novelty: given.novelty ?? 0,
    smoothness: given.smoothness ?? 0,
    departure: given.departure ?? 0,
  }
}

const meaningless = (field: string, why: string, given: unknown): DimaError =>
  new DimaError('invalid_request', `${field} has no meaning here: ${why}`, {
    field,
    expected: 'nothing',
    given: describe(given),
  })
