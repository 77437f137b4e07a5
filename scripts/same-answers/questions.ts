// What a server is asked, and the numbers of its answers that must not change: rollouts by every plan, samples, the
// policy in closed loop, a stream past the horizon, forty live steps, a snapshot and what follows it.

/** Numbers by where they come from. */
export type Answers = Record<string, unknown>

interface Example {
  starts: { states: number[][]; actions?: number[][][] }[]
  actions: number[][][][] // [B, H, N, A]
}

interface Model {
  name: string
  versions: { version: string }[]
}

const LIVE_STEPS = 40
const STREAM_STEPS = 40
const SEED = 11
/** What is compared of a rollout. */
const FIELDS = ['states', 'observations', 'rewards', 'termination_probabilities', 'terminations', 'lengths']

async function ask(url: string, path: string, body?: object): Promise<Answers> {
  const reply = await fetch(url + path, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: { 'content-type': 'application/json' },
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${text}`)
  return JSON.parse(text)
}

const pick = (reply: Answers, names: readonly string[]): Answers =>
  Object.fromEntries(names.map((name) => [name, reply[name]]))

/** Every served version by name, with its first example; actions inside the bounds, where clipping changes nothing. */
async function subjects(url: string): Promise<{ model: string; example: Example; policy: boolean }[]> {
  const { models } = (await ask(url, '/v1/models')) as unknown as { models: Model[] }
  const references = models.flatMap(({ name, versions }) =>
    versions.map(({ version }) => `${name}@${version}`),
  )
  return Promise.all(references.map((model) => subject(url, model)))
}

async function subject(url: string, model: string) {
  const card = await ask(url, `/v1/models/${model}`)
  const { starts, actions } = (card.examples as unknown as Example[])[0]!
  const inside = {
    starts: starts.map((start) => ({ ...start, actions: (start.actions ?? []).map(boundedStep) })),
    actions: actions.map((row) => row.map(boundedStep)),
  }
  return { model, example: inside, policy: Boolean(card.policy) }
}

const boundedStep = (step: number[][]): number[][] =>
  step.map((one) => one.map((x) => Math.max(-1, Math.min(1, x))))

/** Everything that is compared, by question. */
export async function answersOf(url: string, snapshots: Record<string, string> = {}) {
  const answers: Answers = {}
  const taken: Record<string, string> = {}
  for (const { model, example, policy } of await subjects(url)) {
    for (const [question, body] of rollouts(example, policy))
      answers[`${model} ${question}`] = pick(
        await ask(url, '/v1/rollout', { model, seed: SEED, ...body }),
        FIELDS,
      )
    answers[`${model} stream`] = await stream(url, model, example)
    const { steps, snapshot } = await live(url, model, example)
    answers[`${model} live`] = steps
    taken[model] = snapshot
    answers[`${model} restored`] = await restored(url, snapshots[model] ?? snapshot, example)
  }
  return { answers, snapshots: taken }
}

function rollouts({ starts, actions }: Example, policy: boolean): [string, object][] {
  const given = { starts, actions }
  return [
    ['joint', { ...given, plan: 'joint' }],
    ['progressive', { ...given, plan: 'progressive' }],
    ['sequential', { ...given, plan: 'sequential', order: 'descending' }],
    ['sequential ascending', { ...given, plan: 'sequential', order: 'ascending' }],
    ['samples', { ...given, samples: 3 }],
    ...(policy ? [['policy', { starts, policy: { mode: 'sample' }, horizon: 15 }] as [string, object]] : []),
  ]
}

async function stream(url: string, model: string, { starts, actions }: Example): Promise<unknown> {
  const long = actions.map((row) => Array.from({ length: STREAM_STEPS }, (_, h) => row[h % row.length]))
  const reply = await fetch(`${url}/v1/rollout/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, seed: SEED, starts, actions: long }),
  })
  const lines = (await reply.text()).trim().split('\n')
  return lines.map((line) => pick(JSON.parse(line), ['states', 'rewards', 'observations']))
}

async function live(url: string, model: string, { starts, actions }: Example) {
  const created = await ask(url, '/v1/sessions', { model, seed: SEED, start: starts[0] })
  const steps: Answers[] = [pick(created, ['state', 'observations'])]
  for (let i = 0; i < LIVE_STEPS; i++) steps.push(await step(url, String(created.session_id), actions, i))
  const { snapshot } = await ask(url, `/v1/sessions/${created.session_id}/snapshot`, {})
  return { steps, snapshot: String(snapshot) }
}

async function restored(url: string, snapshot: string, { actions }: Example): Promise<unknown> {
  const { session_id } = await ask(url, '/v1/sessions/restore', { snapshot })
  const steps: Answers[] = []
  for (let i = 0; i < 5; i++) steps.push(await step(url, String(session_id), actions, i))
  return steps
}

async function step(url: string, session: string, actions: Example['actions'], i: number): Promise<Answers> {
  const row = actions[0]!
  const reply = await ask(url, `/v1/sessions/${session}/step`, { actions: row[i % row.length] })
  return pick(reply, ['state', 'observations', 'reward', 'terminated', 'truncated'])
}

/** The numbers and truths of an answer, in its order. */
export const leaves = (value: unknown): unknown[] => {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves)
  return value === undefined ? [] : [value]
}
