// Programs that imagine with a model, in the languages that there are clients for.
import type { ModelDetail } from '../api/models.ts'

export interface Call {
  language: string
  text: string
}

type Model = Pick<ModelDetail, 'name' | 'agents' | 'spaces' | 'start_states' | 'policy' | 'examples'>

/** @param keyed whether the server wants a key: DIMA_KEY stands for it */
export const callsOf = (model: Model, origin: string, keyed: boolean): Call[] => [
  { language: 'curl', text: curl(model, origin, keyed) },
  { language: 'Python', text: python(model, origin, keyed) },
  { language: 'TypeScript', text: typescript(model, origin, keyed) },
]

/** A session takes one step with all actions at rest: short whatever the model's size. */
function curl({ name, agents, spaces }: Model, origin: string, keyed: boolean): string {
  const call = `curl -s${keyed ? ' -H "authorization: Bearer $DIMA_KEY"' : ''} -H 'content-type: application/json'`
  const A = spaces.action.dimension
  const actions = Object.fromEntries(agents.map((agent) => [agent.name, rest(agent, A)]))
  return [
    `id=$(${call} ${origin}/v1/sessions -d '{"model": "${name}", "seed": 7}' |`,
    `  sed 's/.*"session_id":"\\([^"]*\\)".*/\\1/')`,
    `${call} ${origin}/v1/sessions/$id/step \\`,
    `  -d '${JSON.stringify({ step_id: 1, actions })}'`,
  ].join('\n')
}

function python({ name }: Model, origin: string, keyed: boolean): string {
  const key = keyed ? ', key=os.environ["DIMA_KEY"]' : ''
  return [
    ...(keyed ? ['import os'] : []),
    'from dima import RemoteParallelEnv  # pip install clients/python',
    '',
    `env = RemoteParallelEnv("${origin.replace(/^http/, 'ws')}", "${name}"${key})`,
    'observations, infos = env.reset(seed=7)',
    'actions = {agent: env.action_space(agent).sample() for agent in env.agents}',
    'observations, rewards, terminations, truncations, infos = env.step(actions)',
  ].join('\n')
}

function typescript({ name, agents, spaces }: Model, origin: string, keyed: boolean): string {
  const key = keyed ? ', { apiKey: process.env.DIMA_KEY }' : ''
  const actions = JSON.stringify(agents.map((agent) => rest(agent, spaces.action.dimension)))
  return [
    "import { DimaClient } from 'dima-client'",
    '',
    `const { sessions } = new DimaClient('${origin}'${key})`,
    `const { session_id } = await sessions.create({ model: '${name}', seed: 7 })`,
    `console.log(await sessions.step(session_id, { step_id: 1, actions: ${actions} }))`,
  ].join('\n')
}

/** Zeros, and the first option of every choice: choices are the last entries. */
function rest({ actuators, choices = [] }: Model['agents'][number], A: number): number[] {
  const action = Array<number>(A).fill(0)
  let first = actuators.length - choices.reduce((sum, options) => sum + options, 0)
  for (const options of choices) {
    action[first] = 1
    first += options
  }
  return action
}
