// One episode of a true environment from a given start, with everything that happened as plain values. T steps,
// N agents, A and O the sizes of an agent's action and observation, S the state.
import Type, { type Static, type TSchema } from 'typebox'
import { DimaError } from '../common/errors.ts'
import type { MujocoEnv } from './mujoco/mujoco-env.ts'
import type { PerAgent } from './parallel-env.ts'
import type { TaskSpec } from './task-spec.ts'

const numbers = Type.Array(Type.Number())
const table = Type.Array(numbers, { minItems: 1 })

const Start = Type.Union([
  Type.Object({ seed: Type.Integer({ minimum: 0 }) }),
  Type.Object({ qpos: numbers, qvel: numbers }),
])
/** How an episode begins: drawn by a seed as `reset` draws it, or at these coordinates of MuJoCo. */
export type Start = Static<typeof Start>

/** What `npm run simulate` writes. Entry t of tables with T + 1 rows is at the start of step t. */
export const Simulated = Type.Object({
  task: Type.String(),
  start: Start,
  qpos: table, // [T+1, Q]
  qvel: table, // [T+1, V]
  states: table, // [T+1, S]
  observations: Type.Record(Type.String(), table), // agent -> [T+1, O]
  rewards: numbers, // [T], the same for all agents
  terminations: Type.Array(Type.Boolean()), // [T]
  truncations: Type.Array(Type.Boolean()), // [T]
  success: Type.Optional(Type.Array(Type.Boolean())), // [T], whether the task has been done; of tasks that can be
} satisfies Record<string, TSchema>)
export type Simulated = Static<typeof Simulated>

/** The joint action of step t, or undefined to stop there. */
export type Act = (
  step: number,
  observations: PerAgent<Float64Array>,
) => PerAgent<ArrayLike<number>> | undefined

/**
 * Steps until the episode ends or `act` does. DimaError: what `reset`, `setState` and `step` of the environment
 * throw; a step that fails is named.
 */
export function simulate(env: MujocoEnv, task: TaskSpec, start: Start, act: Act): Simulated {
  let { observations } = 'seed' in start ? env.reset(start) : env.setState(start.qpos, start.qvel)
  const episode = emptyEpisode(task, start)
  record(episode, env, observations)
  for (let t = 0; env.agents.length > 0; t++) {
    const actions = act(t, observations)
    if (!actions) break
    const result = stepAt(t, env, actions)
    observations = result.observations
    record(episode, env, observations)
    const [agent = ''] = env.possibleAgents
    episode.rewards.push(result.rewards[agent]!)
    episode.terminations.push(result.terminations[agent]!)
    episode.truncations.push(result.truncations[agent]!)
    const { success } = result.infos[agent]!
    if (typeof success === 'boolean') episode.success = [...(episode.success ?? []), success]
  }
  return episode
}

/** Gives these joint actions in turn, agents in the order of the task. */
export const playing =
  (task: TaskSpec, actions: readonly (readonly ArrayLike<number>[])[]): Act =>
  // [T, N, A]
  (step) => {
    const joint = actions[step]
    return joint && Object.fromEntries(task.agents.map(({ name }, i) => [name, joint[i]!]))
  }

const emptyEpisode = (task: TaskSpec, start: Start): Simulated => ({
  task: task.name,
  start,
  qpos: [],
  qvel: [],
  states: [],
  observations: Object.fromEntries(task.agents.map(({ name }) => [name, []])),
  rewards: [],
  terminations: [],
  truncations: [],
})

function record(episode: Simulated, env: MujocoEnv, observations: PerAgent<Float64Array>): void {
  const { qpos, qvel } = env.coordinates()
  episode.qpos.push([...qpos])
  episode.qvel.push([...qvel])
  episode.states.push([...env.state()])
  for (const [agent, values] of Object.entries(observations)) episode.observations[agent]!.push([...values])
}

function stepAt(t: number, env: MujocoEnv, actions: PerAgent<ArrayLike<number>>) {
  try {
    return env.step(actions)
  } catch (error) {
    if (error instanceof DimaError)
      throw new DimaError(error.code, `step ${t}: ${error.message}`, error.details)
    throw error
  }
}
