// Looks for the joint actions that a model expects most of: candidates are drawn and imagined, the best say where to look next,
// and at the end the best few meet other noises, so that none is chosen for one that suits it. A function of the problem,
// the search and the bundle alone, unless a deadline ends it.
import { Rng } from '../../common/rng.ts'
import { concatenate } from '../../common/tensors.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import { holdOthers, pick, prepare } from './candidates.ts'
import { type Distribution, drawCandidates, firstDistribution, followElites, middle } from './distribution.ts'
import { Imagination, isTooLate } from './imagination.ts'
import { Judge, type Judged } from './judge.ts'
import { METHODS, populationOf } from './methods.ts'
import type { Worth } from './objective.ts'
import { type Candidates, type PlanProblem, widthOf } from './problem.ts'
import { blocksOf, noisesOf, priorOf, RESCORED, type Search } from './search.ts'

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

class Searching {
  private readonly problem: PlanProblem
  private readonly search: Search
  private readonly imagination: Imagination
  private readonly judge: Judge
  private readonly deadline: number
  private distribution: Distribution
  private elites: Candidates
  /** the best of the latest iteration, or of those that met other noises */
  private best: Judged | undefined
  /** candidates that must not be beaten by luck: the plan before, what the policy does */
  private readonly safe: Candidates[] = []

  constructor(runner: Runner, problem: PlanProblem, search: Search, options: WorkOptions) {
    this.problem = problem
    this.search = search
    this.imagination = new Imagination(runner, problem, options)
    this.deadline = options.deadline ?? Number.POSITIVE_INFINITY
    this.judge = new Judge(this.imagination, problem, this.deadline)
    const mean = search.warm?.mean ?? middle(problem.constraints, problem.horizon)
    this.distribution = firstDistribution(mean, METHODS[search.method], problem.constraints)
    this.elites = search.warm?.elites ?? new Float32Array()
    if (search.warm) this.safe.push(prepare(Float32Array.from(mean), problem))
  }

  async run(): Promise<Plan['stopped']> {
    if (performance.now() > this.deadline) return 'deadline'
    try {
      const made = await this.byPolicy()
      for (const block of blocksOf(this.problem, this.search)) {
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

  /** False: there is no time for it. */
  private async iterate(block: readonly boolean[], i: number, first: Candidates): Promise<boolean> {
    const { search, problem, distribution, size } = this
    const candidates = this.drawn(block, i, first)
    const judged = await this.judge.judge(candidates, `${block.map(Number)} ${i}`)
    if (!judged) return false
    const order = judged.order.slice(0, search.elites)
    const scores = order.map((row) => judged.worth[row]!.score)
    this.elites = pick(candidates, size, order)
    this.distribution = followElites(
      distribution,
      this.elites,
      scores,
      METHODS[search.method],
      problem.constraints,
    )
    this.best = judged.best
    return true
  }

  /** [M, H, D] of an iteration: `first`, elites that are kept, at last the mean, and the rest by chance. */
  private drawn(block: readonly boolean[], i: number, first: Candidates): Candidates {
    const { search, problem, distribution, size } = this
    const method = METHODS[search.method]
    const count = populationOf(method, search, i)
    const kept = this.elites.subarray(0, Math.ceil(method.kept * search.elites) * size)
    const isLast = i === search.iterations - 1
    const given = concatenate([first, kept, ...(isLast ? [Float32Array.from(distribution.mean)] : [])])
    const rng = new Rng(problem.seed, 'plan', ...block.map(Number), i)
    const left = Math.max(0, count - given.length / size)
    const drawn = drawCandidates(rng, left, distribution, size / problem.horizon, search.beta)
    const all = concatenate([given, holdOthers(drawn, distribution.mean, problem, block)])
    return prepare(all.slice(0, count * size), problem)
  }

  /** The best few, and those that must not be beaten by luck. */
  private async meetOtherNoises(): Promise<boolean> {
    const { size, safe, distribution, elites, problem } = this
    const mean = prepare(Float32Array.from(distribution.mean), problem)
    const candidates = concatenate([...safe, mean, elites]).slice(0, RESCORED * size)
    const judged = await this.judge.judge(candidates, 'last', noisesOf(problem.objective))
    if (!judged) return false
    this.best = judged.best
    return true
  }

  private get size(): number {
    return this.problem.horizon * widthOf(this.problem.spec)
  }
}
