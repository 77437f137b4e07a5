// Candidates through the model: rollouts from one start that meet the same noise, with what the policy would do.
import { DimaError } from '../../common/errors.ts'
import { hashKey } from '../../common/rng.ts'
import { concatenate } from '../../common/tensors.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import { repeatRows } from '../../worlds/rows.ts'
import { padded } from '../../worlds/starts.ts'
import { lettersOf } from '../../worlds/world.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import { type Worth, worthOf } from './objective.ts'
import { type Candidates, type PlanProblem, widthOf } from './problem.ts'

export interface Imagined {
  worth: Worth[]
  trajectories: Trajectories
}

export class Imagination {
  /** joint steps so far */
  steps = 0
  readonly took = { queueMs: 0, computeMs: 0 }
  private readonly runner: Runner
  private readonly problem: PlanProblem
  private readonly options: WorkOptions

  constructor(runner: Runner, problem: PlanProblem, options: WorkOptions) {
    this.runner = runner
    this.problem = problem
    this.options = options
  }

  /** @param noise a name of the noises that all of them meet; another name, other noises */
  async judge(
    candidates: Candidates,
    noise: string,
    samples = this.problem.objective.samples,
  ): Promise<Imagined> {
    const { spec, horizon, planned, others, objective } = this.problem
    const size = horizon * widthOf(spec)
    const trajectories = await this.rollout({
      actions: repeatRows(candidates, candidates.length / size, samples),
      seed: hashKey([this.problem.seed, 'plan', noise]),
      samples: Int32Array.from({ length: (candidates.length / size) * samples }, (_, row) => row % samples),
      ...(others.by === 'policy' && !planned.every(Boolean)
        ? { policy: { agents: planned.map((own) => !own), mode: others.mode } }
        : {}),
      ...(objective.terminal === 'value' ? { valued: true } : {}),
      ...(objective.departure > 0 ? { compared: true } : {}),
    })
    const problem = { ...this.problem, objective: { ...objective, samples } }
    return { worth: worthOf(problem, trajectories, candidates), trajectories }
  }

  /** What the policy does from the start: its mean actions, then drawn ones. @returns [count, H, D] */
  async policy(count: number): Promise<Candidates> {
    const { spec, horizon, seed } = this.problem
    const size = horizon * widthOf(spec)
    const act = (mode: 'mean' | 'sample', rows: number) =>
      this.rollout({
        actions: new Float32Array(rows * size),
        seed: hashKey([seed, 'plan', 'policy']),
        samples: Int32Array.from({ length: rows }, (_, row) => row),
        policy: { agents: spec.agents.map(() => true), mode },
      })
    const drawn = count > 1 ? [act('sample', count - 1)] : []
    const answers = await Promise.all([act('mean', 1), ...drawn])
    return concatenate(answers.map(({ actions }) => actions!))
  }

  private async rollout(
    given: Pick<Rollout, 'actions' | 'seed' | 'policy' | 'valued' | 'compared'> & { samples: Int32Array },
  ): Promise<Trajectories> {
    const { digest, spec, start, choice, horizon } = this.problem
    const batch = given.samples.length
    const starts = padded(spec, Array(batch).fill(start))
    const rollout: Rollout = { ...starts, horizon, choice, ...given }
    const trajectories = await this.runner.rollout(digest, rollout, this.options)
    this.steps += batch * horizon
    this.took.queueMs += trajectories.queueMs
    this.took.computeMs += trajectories.computeMs
    return trajectories
  }
}

/**
 * The start after actions that will be taken before a plan is there [P, N, A], as the model imagines it. Where the deadline
 * comes first the problem is as it was: there is no time to plan either.
 */
export async function afterPending(
  runner: Runner,
  problem: PlanProblem,
  pending: Float32Array,
  options: WorkOptions,
): Promise<PlanProblem> {
  const { digest, spec, start, choice, seed } = problem
  const { L, S } = lettersOf(spec)
  const D = widthOf(spec)
  const horizon = pending.length / D
  const rollout: Rollout = { ...padded(spec, [start]), horizon, actions: pending, seed, choice }
  const states = await statesOf(runner.rollout(digest, rollout, options), options)
  if (!states) return problem
  const all = { states: concatenate([start.states, states]), actions: concatenate([start.actions, pending]) }
  const kept = Math.min(L, all.states.length / S)
  return {
    ...problem,
    start: {
      states: all.states.slice(-kept * S),
      actions: kept > 1 ? all.actions.slice(-(kept - 1) * D) : new Float32Array(),
    },
    constraints: { ...problem.constraints, previous: pending.slice(-D) },
  }
}

/** The deadline has passed, or what waits would not be done by it. */
export const isTooLate = (error: unknown): boolean =>
  error instanceof DimaError && (error.code === 'deadline_exceeded' || error.code === 'overloaded')

async function statesOf(
  imagining: Promise<Trajectories>,
  { deadline }: WorkOptions,
): Promise<Float64Array | undefined> {
  try {
    return (await imagining).states
  } catch (error) {
    if (deadline !== undefined && isTooLate(error)) return undefined
    throw error
  }
}
