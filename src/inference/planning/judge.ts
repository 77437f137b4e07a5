// What candidates are worth, as long as there is time to imagine them.
import { DimaError } from '../../common/errors.ts'
import type { Imagination, Imagined } from './imagination.ts'
import type { Worth } from './objective.ts'
import { type Candidates, type PlanProblem, widthOf } from './problem.ts'

/** A candidate, what it is worth, and where the first of its noises leads. */
export interface Judged {
  actions: Float32Array // [H, D]
  worth: Worth
  states: Float64Array // [H, S]
}

export interface Judgement {
  /** of every row */
  worth: readonly Worth[]
  /** rows, best first; without those that do not stay finite */
  order: readonly number[]
  best: Judged
}

export class Judge {
  private readonly imagination: Imagination
  private readonly problem: PlanProblem
  /** ms, on the clock of `performance` */
  private readonly deadline: number
  private msPerStep = 0

  constructor(imagination: Imagination, problem: PlanProblem, deadline: number) {
    this.imagination = imagination
    this.problem = problem
    this.deadline = deadline
  }

  /**
   * Undefined where it would take longer than there is time, as far as what went before tells.
   * @param noise a name of the noises that all of them meet; another name, other noises
   * @param samples how many noises
   */
  async judge(
    candidates: Candidates,
    noise: string,
    samples = this.problem.objective.samples,
  ): Promise<Judgement | undefined> {
    const { horizon, spec } = this.problem
    const steps = (candidates.length / widthOf(spec)) * samples
    const began = performance.now()
    if (began + this.msPerStep * steps > this.deadline) return undefined
    const imagined = await this.imagination.judge(candidates, noise, samples)
    this.msPerStep = (performance.now() - began) / steps
    const order = ranking(imagined.worth)
    const [H, S] = [horizon, spec.state.length]
    return { worth: imagined.worth, order, best: rowOf(candidates, imagined, order[0]!, samples, H, S) }
  }
}

function rowOf(
  candidates: Candidates,
  { worth, trajectories }: Imagined,
  row: number,
  samples: number,
  H: number,
  S: number,
): Judged {
  const size = candidates.length / worth.length
  const first = row * samples
  const taken = trajectories.actions?.slice(first * size, (first + 1) * size)
  return {
    actions: taken ?? candidates.slice(row * size, (row + 1) * size),
    worth: worth[row]!,
    states: trajectories.states.slice(first * H * S, (first + 1) * H * S),
  }
}

/** Rows, best first; equal ones in their order. DimaError `diverged` where no candidate stays finite; others are left out. */
function ranking(worth: readonly Worth[]): number[] {
  const finite = worth.flatMap(({ score }, row) => (Number.isFinite(score) ? [row] : []))
  if (finite.length === 0)
    throw new DimaError('diverged', 'no candidate of the plan stays finite', { field: 'start' })
  return finite.sort((a, b) => worth[b]!.score - worth[a]!.score || a - b)
}
