// What `npm run simulate` does, by its flags.
import Type, { type Static } from 'typebox'
import { writeNamedFile } from '../common/named-files.ts'
import { makeMujocoEnv, resolveTask } from './make-env.ts'
import { playing, type Simulated, simulate } from './simulate.ts'
import { readActions, readStart } from './simulate-files.ts'

export const SimulateFlags = Type.Object(
  {
    task: Type.String({ default: 'HalfCheetah-2x3', description: 'environment and its split into agents' }),
    start: Type.String({
      minLength: 1,
      description: 'JSON file: {"qpos": [..], "qvel": [..]} or {"seed": n}',
    }),
    actions: Type.String({
      minLength: 1,
      description: 'JSON file: joint actions [T][N][A], agents in the order of the task',
    }),
    out: Type.String({
      minLength: 1,
      description:
        'JSON file to write: task, start, qpos, qvel, states, observations, rewards, terminations, truncations, success',
    }),
  },
  { additionalProperties: false },
)
export type SimulateFlags = Static<typeof SimulateFlags>

/** What there is to print. */
export async function simulateCommand(flags: SimulateFlags): Promise<string> {
  const { spec, body } = resolveTask(flags.task)
  const start = readStart(flags.start, body)
  const actions = readActions(flags.actions, spec)
  const env = await makeMujocoEnv(flags.task)
  const episode = simulate(env, spec, start, playing(spec, actions))
  env.close()
  writeNamedFile(flags.out, `${JSON.stringify(episode)}\n`, 'out')
  return `written: ${flags.out}, ${simulatedText(episode, actions.length)}`
}

/** @param asked how many actions there were */
export function simulatedText(episode: Simulated, asked: number): string {
  const { task, rewards, terminations, truncations } = episode
  const steps = `${task}, ${rewards.length} steps${doneText(episode)}`
  const end = terminations.at(-1) ? 'terminated' : truncations.at(-1) ? 'reached its time limit' : ''
  if (rewards.length < asked) return `${steps} of ${asked}: the episode ${end} there`
  return end ? `${steps}; the episode ${end} with the last` : steps
}

/** Steps are counted from 0, as the rows of the file. */
function doneText({ success }: Simulated): string {
  if (!success) return ''
  const step = success.indexOf(true)
  return step < 0 ? ', the task not done' : `, the task done in step ${step}`
}
