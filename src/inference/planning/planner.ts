// Looks for the joint actions that a model expects most of: candidates are drawn and imagined, the best say where to look next,
// and at the end the best few meet other noises, so that none is chosen for one that suits it. A function of the problem,
// the search and the bundle alone, unless a deadline ends it.
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import { concatenate } from '../../common/tensors.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import { holdOthers, pick, prepare } from './candidates.ts'
import { type Distribution, drawCandidates, firstDistribution, followElites } from './distribution.ts'
import { Imagination, type Imagined, isTooLate } from './imagination.ts'
import { METHODS, populationOf } from './methods.ts'
import type { Worth } from './objective.ts'
import { type Candidates, type PlanProblem, widthOf } from './problem.ts'
import { noisesOf, priorOf, RESCORED, type Search } from './search.ts'

export interface Plan {
  actions: Float32Array // [H, D]
  /** undefined where the deadline came before anything was imagined */
  worth: Worth | undefined
  states: Float64Array | undefined // [H, S]
  distribution: Distribution
  elites: Candidates // [E, H, D]
  stopped: 'done' | 'deadline'
  imaginedSteps: number
  took: { queueMs: number; computeMs: number }
}

export async function plan(
  runner: Runner,
  problem: PlanProblem,
  search: Search,
  options: WorkOptions = {},
): Promise<Plan> {
  const searching = new Searching(runner, problem, search, options)
  const stopped = await searching.run()
  return searching.found(stopped)
}

/** One candidate and what it is worth. */
interface Judged {
  actions: Float32Array
  worth: Worth
  states: Float64Array
}

class Searching {
  private readonly problem: PlanProblem
  private readonly search: Search
  private readonly imagination: Imagination
  private readonly deadline: number
  private distribution: Distribution
  private elites: Candidates
  /** the best of the latest iteration, or of those that met other noises */
  private best: Judged | undefined
  /** candidates that must not be beaten by luck: the plan before, what the policy does */
  private readonly safe: Candidates[] = []
  private msPerStep = 0

  constructor(runner: Runner, problem: PlanProblem, search: Search, options: WorkOptions) {
    this.problem = problem
    this.search = search
    this.imagination = new Imagination(runner, problem, options)
    this.deadline = options.deadline ?? Number.POSITIVE_INFINITY
    const mean = search.warm?.mean ?? middle(problem)
    this.distribution = firstDistribution(mean, METHODS[search.method], problem.constraints)
    this.elites = search.warm?.elites ?? new Float32Array()
    if (search.warm) this.safe.push(prepare(Float32Array.from(mean), problem))
  }

  async run(): Promise<Plan['stopped']> {
    if (performance.now() > this.deadline) return 'deadline'
    try {
      const made = await this.byPolicy()
      for (const block of this.blocks()) {
        this.spread() // what did not move has no deviation any more
        for (let i = 0; i < this.search.iterations; i++) {
          const first = i === 0 ? made : new Float32Array()
          if (!(await this.iterate(block, i, first))) return 'deadline'
        }
      }
      return (await this.meetOtherNoises()) ? 'done' : 'deadline'
    } catch (error) {
      if (Number.isFinite(this.deadline) && isTooLate(error)) return 'deadline'
      throw error
    }
  }

  found(stopped: Plan['stopped']): Plan {
    const { distribution, elites, best, imagination } = this
    const actions = best?.actions ?? prepare(Float32Array.from(distribution.mean), this.problem)
    const { steps: imaginedSteps, took } = imagination
    return {
      actions,
      worth: best?.worth,
      states: best?.states,
      distribution,
      elites,
      stopped,
      imaginedSteps,
      took,
    }
  }

  /** What the policy would do is where to look first, unless a plan before says better. */
  private async byPolicy(): Promise<Candidates> {
    const { population, prior, warm } = this.search
    if (prior === 0) return new Float32Array()
    const made = prepare(await this.imagination.policy(priorOf(population, prior)), this.problem)
    const mean = made.slice(0, this.size)
    this.safe.push(mean)
    if (!warm) this.distribution.mean = Float64Array.from(mean)
    return made
  }

  /** Deviations as they are at first, around what was found so far. */
  private spread(): void {
    const { distribution, search, problem } = this
    this.distribution = firstDistribution(distribution.mean, METHODS[search.method], problem.constraints)
  }

  /** [N] each: whose actions move at a time. */
  private blocks(): readonly (readonly boolean[])[] {
    const { planned } = this.problem
    if (this.search.coordinate === 'together') return [planned]
    return planned.flatMap((own, agent) => (own ? [planned.map((_, other) => other === agent)] : []))
  }

  /** False: there is no time for it. */
  private async iterate(block: readonly boolean[], i: number, first: Candidates): Promise<boolean> {
    const { search, problem, distribution, size } = this
    const method = METHODS[search.method]
    const count = populationOf(method, search, i)
    const kept = this.elites.subarray(0, Math.ceil(method.kept * search.elites) * size)
    const isLast = i === search.iterations - 1
    const given = concatenate([first, kept, ...(isLast ? [Float32Array.from(distribution.mean)] : [])])
    const rng = new Rng(problem.seed, 'plan', ...block.map(Number), i)
    const drawn = drawCandidates(
      rng,
      Math.max(0, count - given.length / size),
      distribution,
      size / problem.horizon,
      search.beta,
    )
    const all = concatenate([given, holdOthers(drawn, distribution.mean, problem, block)])
    const candidates = prepare(all.slice(0, count * size), problem)
    const judged = await this.judge(candidates, `${block.map(Number)} ${i}`)
    if (!judged) return false
    const { worth } = judged
    const order = ranking(worth).slice(0, search.elites)
    this.elites = pick(candidates, size, order)
    const scores = order.map((row) => worth[row]!.score)
    this.distribution = followElites(distribution, this.elites, scores, method, problem.constraints)
    this.best = this.judgedRow(candidates, judged, order[0]!, problem.objective.samples)
    return true
  }

  /** The best few, and those that must not be beaten by luck. */
  private async meetOtherNoises(): Promise<boolean> {
    const { size, safe, distribution, elites, problem } = this
    const mean = prepare(Float32Array.from(distribution.mean), problem)
    const candidates = concatenate([...safe, mean, elites]).slice(0, RESCORED * size)
    const noises = noisesOf(problem.objective)
    const judged = await this.judge(candidates, 'last', noises)
    if (!judged) return false
    this.best = this.judgedRow(candidates, judged, ranking(judged.worth)[0]!, noises)
    return true
  }

  /** Undefined where it would take longer than there is time, as far as what went before tells. */
  private async judge(
    candidates: Candidates,
    noise: string,
    samples?: number,
  ): Promise<Imagined | undefined> {
    const { problem, imagination } = this
    const steps = (candidates.length / this.size) * (samples ?? problem.objective.samples) * problem.horizon
    const began = performance.now()
    if (began + this.msPerStep * steps > this.deadline) return undefined
    const judged = await imagination.judge(candidates, noise, samples)
    this.msPerStep = (performance.now() - began) / steps
    return judged
  }

  private judgedRow(
    candidates: Candidates,
    { worth, trajectories }: Imagined,
    row: number,
    noises: number,
  ): Judged {
    const { size, problem } = this
    const length = problem.horizon * problem.spec.state.length
    const at = row * noises // of the first noise
    const taken = trajectories.actions?.slice(at * size, (at + 1) * size)
    return {
      actions: taken ?? candidates.slice(row * size, (row + 1) * size),
      worth: worth[row]!,
      states: trajectories.states.slice(at * length, (at + 1) * length),
    }
  }

  private get size(): number {
    return this.problem.horizon * widthOf(this.problem.spec)
  }
}

/** [H, D] between the bounds. */
const middle = ({ constraints: { low, high }, horizon }: PlanProblem): Float64Array =>
  Float64Array.from(
    { length: horizon * low.length },
    (_, i) => (low[i % low.length]! + high[i % low.length]!) / 2,
  )

/** Rows, best first; equal ones in their order. DimaError `diverged` where no candidate stays finite; others are left out. */
function ranking(worth: readonly Worth[]): number[] {
  const finite = worth.flatMap(({ score }, row) => (Number.isFinite(score) ? [row] : []))
  if (finite.length === 0)
    throw new DimaError('diverged', 'no candidate of the plan stays finite', { field: 'start' })
  return finite.sort((a, b) => worth[b]!.score - worth[a]!.score || a - b)
}
