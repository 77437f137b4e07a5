// How a request wants a plan to be looked for.
import type { PlanRequest } from '../../api/plan.ts'
import { DimaError } from '../../common/errors.ts'
import { shifted } from '../../inference/planning/candidates.ts'
import { METHODS } from '../../inference/planning/methods.ts'
import { type PlanProblem, widthOf } from '../../inference/planning/problem.ts'
import type { Search } from '../../inference/planning/search.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { checkSize } from '../rollout/actions.ts'
import { checkFields } from '../rollout/fields.ts'
import { copyNumbers, describe, lengthOf, wrongShape } from '../wire/numbers.ts'
import { type PlanShell, WarmShell } from './shell.ts'

/** Share of the first candidates that the policy makes, where there is one. */
const PRIOR = 0.25

export function methodOf({ method = 'icem' }: Pick<PlanRequest, 'method'>) {
  return { name: method, ...METHODS[method] }
}

/** Throws DimaError `invalid_request`, `invalid_shape`, `no_policy`. */
export function readSearch(request: PlanShell, manifest: Manifest, problem: PlanProblem): Search {
  const method = methodOf(request)
  const population = request.population ?? method.population
  const elites = request.elites ?? Math.min(method.elites, population)
  checkSize('batch_out_of_range', 'elites', 'candidates', elites, population)
  return {
    method: method.name,
    population,
    elites,
    iterations: request.iterations ?? method.iterations,
    beta: request.beta ?? method.beta,
    coordinate: request.coordinate ?? 'together',
    prior: priorOf(request.prior, manifest),
    warm: request.warm_start === undefined ? undefined : readWarm(request.warm_start, problem),
  }
}

function priorOf(given: number | undefined, { name, graphs }: Manifest): number {
  if (given && !graphs.policy) throw new DimaError('no_policy', `${name} has no policy`, { field: 'prior' })
  return given ?? (graphs.policy ? PRIOR : 0)
}

/** Moved up by the actions that were taken since, and as long as the plan is to be. */
function readWarm(value: unknown, { horizon, spec }: PlanProblem): Search['warm'] {
  const { mean, elites, steps = 1 } = checkFields(WarmShell, value, 'warm_start')
  const joint = [spec.agents.length, spec.action.dimension]
  const D = widthOf(spec)
  const H = longest(mean, 'warm_start.mean', joint, spec.horizon)
  const own = new Float32Array(H * D)
  copyNumbers(mean, [H, ...joint], 'warm_start.mean', own)
  const fitted = (rows: Float32Array) => resized(shifted(rows, H, D, steps), H, horizon, D)
  if (elites === undefined) return { mean: fitted(own), elites: new Float32Array() }
  const count = lengthOf(elites)
  if (count === undefined) throw wrongShape('warm_start.elites', ['E', H, ...joint], elites)
  if (count > MOST_ELITES)
    throw new DimaError(
      'invalid_shape',
      `warm_start.elites has ${count} sequences, expected 0..${MOST_ELITES}`,
      {
        field: 'warm_start.elites',
        expected: [0, MOST_ELITES],
        given: describe(elites),
      },
    )
  const others = new Float32Array(count * H * D)
  if (count > 0) copyNumbers(elites, [count, H, ...joint], 'warm_start.elites', others)
  return { mean: fitted(own), elites: fitted(others) }
}

/** As many as a request can ask for. */
const MOST_ELITES = 1024

/** Steps of an action sequence. */
export function longest(value: unknown, field: string, joint: number[], most: number): number {
  const steps = lengthOf(value)
  if (steps === undefined || steps < 1 || steps > most)
    throw wrongShape(field, [`1..${most}`, ...joint], value)
  return steps
}

/** [M, H, D] to [M, H', D]: cut, or the last action again and again. */
function resized(rows: Float32Array, from: number, to: number, D: number): Float32Array {
  if (from === to) return rows
  const count = rows.length / (from * D)
  return Float32Array.from({ length: count * to * D }, (_, i) => {
    const t = Math.min(Math.floor(i / D) % to, from - 1)
    return rows[(Math.floor(i / (to * D)) * from + t) * D + (i % D)]!
  })
}
