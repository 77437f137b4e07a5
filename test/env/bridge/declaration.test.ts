// What a server declares becomes spaces and a TaskSpec, or is refused by name.
import { expect, test } from 'vitest'
import { BridgeVectorEnv } from '../../../src/env/bridge/bridge-vector-env.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { makeVectorEnv } from '../../../src/env/vector/make-vector-env.ts'
import { fakeServer, type Message, made, spoil } from './fake-server.ts'
import { connect, serve, servedAs } from './served.ts'

async function declared(change: (good: Message) => unknown): Promise<BridgeVectorEnv> {
  const { url } = await fakeServer(
    spoil('make', (good) => {
      change(good)
      return good
    }),
  )
  return connect(url, { numEnvs: 2 })
}

test('what is not declared has a name and the unit 1', async () => {
  const { spec, stateSpace, deterministic, autoreset, subsetReset } = await declared(() => {})
  expect(spec).toEqual({
    name: 'Fake',
    agents: [
      {
        name: 'a',
        actuators: ['action_0'],
        observationNames: ['obs_0', 'obs_1'],
        observationUnits: ['1', '1'],
      },
      {
        name: 'b',
        actuators: ['action_0', 'action_1'],
        observationNames: ['obs_0', 'obs_1', 'obs_2'],
        observationUnits: ['1', '1', '1'],
      },
    ],
    actionLow: -1,
    actionHigh: 1,
    actionUnit: '1',
    stateNames: ['state_0', 'state_1', 'state_2', 'state_3'],
    stateUnits: ['1', '1', '1', '1'],
    episodeLimit: 10,
    stepSeconds: 0.5,
    reward: 'as the remote environment defines it, the mean over the agents',
  })
  expect(stateSpace).toMatchObject({ shape: [4], low: new Float64Array(4).fill(-1) })
  expect({ deterministic, autoreset, subsetReset }).toEqual({
    deterministic: true,
    autoreset: 'disabled',
    subsetReset: true,
  })
})

test('a task of ours comes through a bridge as it is, but for the words on its reward', async () => {
  const task = 'Ant-2x4-v1'
  const url = await serve({
    make: async (env, { numEnvs }) => servedAs(await makeVectorEnv(env, { numEnvs }), taskSpec(env)),
  })
  const [local, bridged] = [
    await makeVectorEnv(task, { numEnvs: 1 }),
    await connect(url, { env: task, numEnvs: 1 }),
  ]
  expect(bridged.spec).toEqual({
    ...taskSpec(task),
    reward: expect.stringContaining('the mean over the agents'),
  })
  expect(bridged.stateSpace).toEqual(local.stateSpace)
  for (const agent of local.possibleAgents) {
    expect(bridged.observationSpace(agent)).toEqual(local.observationSpace(agent))
    expect(bridged.actionSpace(agent)).toEqual(local.actionSpace(agent))
  }
  await local.close()
})

test('bounds and units that differ: the widest bounds, and no unit', async () => {
  const env = await declared(({ act_spaces: { a, b } }) => {
    Object.assign(a, { low: -2, high: [0.5], units: ['N m'] })
    Object.assign(b, { low: [-1, 0], high: [3, 1], units: ['N m', 'rad'] })
  })
  expect(env.spec).toMatchObject({ actionLow: -2, actionHigh: 3, actionUnit: '1' })
  expect(env.actionSpace('b')).toMatchObject({ low: Float64Array.of(-1, 0), high: Float64Array.of(3, 1) })
})

test('an action without bounds is drawn and scaled between -1 and 1; observations keep theirs', async () => {
  const infinite = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  const env = await declared(({ act_spaces, obs_spaces }) => {
    Object.assign(act_spaces.a, infinite)
    Object.assign(act_spaces.b, { low: [-3, Number.NEGATIVE_INFINITY], high: [Number.POSITIVE_INFINITY, 0] })
    Object.assign(obs_spaces.a, infinite)
  })
  expect(env.spec).toMatchObject({ actionLow: -3, actionHigh: 1 })
  expect(env.actionSpace('a')).toMatchObject({ low: Float64Array.of(-1), high: Float64Array.of(1) })
  expect(env.actionSpace('b')).toMatchObject({ low: Float64Array.of(-3, -1), high: Float64Array.of(1, 0) })
  expect(env.observationSpace('a').high).toEqual(new Float64Array(2).fill(Number.POSITIVE_INFINITY))
  const beyond = { a: [100, -100], b: [0, 0, 0, 0] }
  await env.reset()
  expect((await env.step(beyond)).terminations).toEqual(new Uint8Array(2))
})

test('choices are told by how many options they have, one-hot behind the numbers', async () => {
  const env = await declared(({ act_spaces }) => {
    Object.assign(act_spaces.a, { shape: [3], low: 0, high: 1, choices: [3] })
    Object.assign(act_spaces.b, { shape: [4], low: -2, high: [2, 1, 1, 1], choices: [1, 2] })
  })
  const [a, b] = [env.actionSpace('a'), env.actionSpace('b')]
  expect([a.layout, b.layout]).toEqual([
    { box: 0, choices: [3] },
    { box: 1, choices: [1, 2] },
  ])
  expect(b).toMatchObject({ low: Float64Array.of(-2, 0, 0, 0), high: Float64Array.of(2, 1, 1, 1) })
  expect(b.names).toEqual(['action_0', 'choice_0_is_0', 'choice_1_is_0', 'choice_1_is_1'])
  expect(env.spec.agents.map(({ choices }) => choices)).toEqual([[3], [1, 2]])
  await env.reset()
  const [picked, mixed] = [
    [1, 0, 0, 0, 0, 1],
    [0.5, 1, 0, 1, 9, 1, 1, 0],
  ]
  expect((await env.step({ a: picked, b: mixed })).terminations).toEqual(new Uint8Array(2))
  const none = { code: 'action_out_of_range', message: expect.stringMatching(/of b in copy 1 .* 2 to 3 /) }
  await expect(env.step({ a: picked, b: mixed.with(7, 1) })).rejects.toMatchObject(none)
})

test('an agent may be called as every object has it', async () => {
  const env = await declared((good) => {
    const { obs_spaces, act_spaces } = made()
    Object.assign(good, {
      possible_agents: ['constructor'],
      obs_spaces: { constructor: obs_spaces.a },
      act_spaces: { constructor: act_spaces.a },
    })
  })
  expect(env.possibleAgents).toEqual(['constructor'])
  expect(env.actionSpace('constructor').shape).toEqual([1])
  expect(() => env.actionSpace('toString')).toThrow(expect.objectContaining({ code: 'unknown_agent' }))
})

const long = (size: number) => Array.from({ length: size }, (_, i) => `x${i}`)

test.each<
  [what: string, change: (good: Message) => unknown, field: string, expected: unknown, given: unknown]
>([
  ['no session', (m) => delete m.session, 'session', 'must have required properties session', 'nothing'],
  ['other copies', (m) => (m.num_envs = 3), 'num_envs', 2, 3],
  ['half a copy', (m) => (m.num_envs = 1.5), 'num_envs', 'must be integer', 1.5],
  ['no agents', (m) => (m.possible_agents = []), 'possible_agents', /fewer than 1/, []],
  ['an agent twice', (m) => (m.possible_agents = ['a', 'a']), 'possible_agents', 'names that differ', 'a'],
  ['a number for an agent', (m) => (m.possible_agents[1] = 7), 'possible_agents.1', 'must be string', 7],
  ['257 agents', (m) => (m.possible_agents = long(257)), 'possible_agents', /more than 256/, 'a list of 257'],
  ['a space missing', (m) => delete m.act_spaces.b, 'act_spaces.b', ['a', 'b'], 'nothing'],
  ['a space too many', (m) => (m.obs_spaces.c = m.obs_spaces.a), 'obs_spaces', ['a', 'b'], 'c'],
  ['no space', (m) => (m.obs_spaces.a = 3), 'obs_spaces.a', 'must be object', 3],
  ['a matrix', (m) => (m.obs_spaces.a.shape = [2, 2]), 'obs_spaces.a.shape', /more than 1/, [2, 2]],
  ['an empty space', (m) => (m.obs_spaces.a.shape = [0]), 'obs_spaces.a.shape.0', /1/, 0],
  ['a huge space', (m) => (m.obs_spaces.a.shape = [65_537]), 'obs_spaces.a.shape.0', /65536/, 65_537],
  ['integers', (m) => (m.act_spaces.a.dtype = 'int64'), 'act_spaces.a.dtype', 'float32 or float64', 'int64'],
  ['no bounds', (m) => delete m.state_space.low, 'state_space.low', /low/, 'nothing'],
  ['NaN for a bound', (m) => (m.state_space.low = Number.NaN), 'state_space.low', /number/, 'NaN'],
  ['text for a bound', (m) => (m.act_spaces.a.high = ['1']), 'act_spaces.a.high', /number/, ['1']],
  ['too few bounds', (m) => (m.act_spaces.b.high = [1]), 'act_spaces.b.high', 2, 1],
  ['bounds turned round', (m) => (m.act_spaces.b.high = [1, -2]), 'act_spaces.b.high[1]', 'more than -1', -2],
  ['too many options', (m) => (m.act_spaces.b.choices = [2, 1]), 'act_spaces.b.choices', /2 entries/, [2, 1]],
  ['no option', (m) => (m.act_spaces.b.choices = [0]), 'act_spaces.b.choices.0', /1/, 0],
  [
    'an action bounded on one side, far away',
    (m) => Object.assign(m.act_spaces.a, { low: 5, high: Number.POSITIVE_INFINITY }),
    'act_spaces.a[0]',
    'finite low and high',
    '5 to Infinity',
  ],
  ['too few names', (m) => (m.obs_spaces.b.names = ['x', 'y']), 'obs_spaces.b.names', 3, 2],
  [
    'a name twice',
    (m) => (m.obs_spaces.a.names = ['x', 'x']),
    'obs_spaces.a.names',
    'names that differ',
    'x',
  ],
  ['a name that is none', (m) => (m.obs_spaces.a.names = ['x', '']), 'obs_spaces.a.names.1', /1 char/, ''],
  ['too many units', (m) => (m.state_space.units = long(5)), 'state_space.units', 4, 5],
  ['a reward of another kind', (m) => (m.reward = 'team'), 'reward', 'shared or per_agent', 'team'],
  ['a negative limit', (m) => (m.max_steps = -1), 'max_steps', /0/, -1],
  ['another mode', (m) => (m.autoreset = 'always'), 'autoreset', /next_step_acted/, 'always'],
  ['a number for a flag', (m) => (m.subset_reset = 1), 'subset_reset', 'must be boolean', 1],
  ['a negative dt', (m) => (m.dt = -0.1), 'dt', /0/, -0.1],
])('refuses %s', async (_, change, field, expected, given) => {
  const error = await declared(change).catch((refused: unknown) => refused)
  expect(error).toMatchObject({
    code: 'bridge_protocol',
    message: expect.stringContaining(`the answer to make: ${field}`),
    details: {
      field,
      expected: expected instanceof RegExp ? expect.stringMatching(expected) : expected,
      given,
    },
  })
})

test('refuses a declaration whose steps no message could hold', async () => {
  const { url } = await fakeServer((good) => {
    good.num_envs = 100
    for (const space of [good.obs_spaces.a, good.obs_spaces.b, good.state_space]) space.shape = [60_000]
    return good
  })
  const bytes = 100 * 60_000 * (4 + 8 + 4)
  await expect(BridgeVectorEnv.connect(url, { numEnvs: 100 })).rejects.toMatchObject({
    code: 'bridge_protocol',
    details: { field: 'num_envs', given: bytes },
  })
})
