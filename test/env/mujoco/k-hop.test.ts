// What k-hop sees, against what Gymnasium-Robotics' own functions gave (mamujoco.md, section 4).
import { describe, expect, test } from 'vitest'
import { makeMujocoEnv, resolveTask, taskSpec } from '../../../src/env/make-env.ts'
import { type Place, placesSeen } from '../../../src/env/mujoco/k-hop.ts'
import type { JointedBody } from '../../../src/env/robots/body.ts'

const task = (split: string, hops: number) => `${split}?observation=k-hop&hops=${hops}&actionMap=by-joint`

/** q and v with MuJoCo's index; c with the body, once for its six contact entries. */
const short = ({ array, index }: Place) =>
  array === 'contacts'
    ? index % 6 === 0
      ? [`c${index / 6}`]
      : []
    : [`${array === 'qpos' ? 'q' : 'v'}${index}`]

const seen = (name: string, hops: number) => {
  const { body, agents } = resolveTask(task(name, hops))
  return agents.map(({ actuators }) =>
    placesSeen(body as JointedBody, actuators, hops)
      .flatMap(short)
      .join(' '),
  )
}

const PLANAR = 'q1 q2 v0 v1 v2'
const ANT = 'q2 q3 q4 q5 q6 v0 v1 v2 v3 v4 v5'

/** Agent by agent: what is its own, then what is one joint away. */
const tables: [name: string, root: string, agents: [own: string, neighbours: string][]][] = [
  [
    'HalfCheetah-2x3',
    PLANAR,
    [
      ['q5 v5 q4 v4 q3 v3', 'q6'],
      ['q8 v8 q7 v7 q6 v6', 'q3'],
    ],
  ],
  [
    'HalfCheetah-6x1',
    PLANAR,
    [
      ['q3 v3', 'q4 q6'],
      ['q4 v4', 'q5 q3'],
      ['q5 v5', 'q4'],
      ['q6 v6', 'q3 q7'],
      ['q7 v7', 'q8 q6'],
      ['q8 v8', 'q7'],
    ],
  ],
  [
    'Walker2d-2x3',
    PLANAR,
    [
      ['q5 v5 q4 v4 q3 v3', 'q6'],
      ['q8 v8 q7 v7 q6 v6', 'q3'],
    ],
  ],
  [
    'Ant-2x4',
    ANT,
    [
      ['q8 v7 c2 c3 c4 q10 v9 c5 c6 c7 q7 v6 c1 q9 v8', 'q11 q13'],
      ['q12 v11 c8 c9 c10 q14 v13 c11 c12 c13 q11 v10 c1 q13 v12', 'q7 q9'],
    ],
  ],
  [
    'Ant-4x2',
    ANT,
    [
      ['q8 v7 c2 c3 c4 q7 v6 c1', 'q9 q11 q13'],
      ['q10 v9 c5 c6 c7 q9 v8 c1', 'q7 q11 q13'],
      ['q12 v11 c8 c9 c10 q11 v10 c1', 'q7 q9 q13'],
      ['q14 v13 c11 c12 c13 q13 v12 c1', 'q7 q9 q11'],
    ],
  ],
]

describe.each(tables)('%s', (name, root, agents) => {
  test('an agent sees its own joints and the root', () => {
    expect(seen(name, 0)).toEqual(agents.map(([own]) => `${own} ${root}`))
  })

  test('with one hop also the angles of neighbouring joints', () => {
    expect(seen(name, 1)).toEqual(agents.map(([own, neighbours]) => `${own} ${neighbours} ${root}`))
  })
})

const sizes: [name: string, hops: number, sizes: number[]][] = [
  ['HalfCheetah-2x3', 0, [11, 11]],
  ['HalfCheetah-2x3', 1, [12, 12]],
  ['HalfCheetah-6x1', 0, [7, 7, 7, 7, 7, 7]],
  ['HalfCheetah-6x1', 1, [9, 9, 8, 9, 9, 8]],
  ['Walker2d-2x3', 0, [11, 11]],
  ['Walker2d-2x3', 1, [12, 12]],
  ['Ant-2x4', 0, [61, 61]],
  ['Ant-2x4', 1, [63, 63]],
  ['Ant-4x2', 0, [39, 39, 39, 39]],
  ['Ant-4x2', 1, [42, 42, 42, 42]],
]

test.each(sizes)('%s with %i hops has observations of %j', (name, hops, expected) => {
  const { agents } = taskSpec(task(name, hops))
  expect(agents.map(({ observationNames }) => observationNames.length)).toEqual(expected)
})

test('farther joints follow by distance, each angle once, until all are seen', () => {
  const [first] = seen('HalfCheetah-6x1', 2)
  expect(first).toBe(`q3 v3 q4 q6 q5 q7 ${PLANAR}`)
  expect(seen('HalfCheetah-6x1', 8)[2]).toBe(`q5 v5 q4 q3 q6 q7 q8 ${PLANAR}`)
  expect(seen('Ant-4x2', 2)[3]).toBe(`q14 v13 c11 c12 c13 q13 v12 c1 q7 q9 q11 q8 q10 q12 ${ANT}`)
})

test('is defined for every split, unequal ones too', () => {
  const { agents } = taskSpec('HalfCheetah-2+4?observation=k-hop')
  expect(agents.map(({ observationNames }) => observationNames)).toEqual([
    [
      ...['back_shin_angle', 'back_shin_velocity', 'back_thigh_angle', 'back_thigh_velocity'],
      ...['back_foot_angle', 'front_thigh_angle'],
      ...['height', 'pitch', 'forward_velocity', 'vertical_velocity', 'pitch_velocity'],
    ],
    expect.arrayContaining(['back_foot_angle', 'front_foot_velocity', 'back_shin_angle', 'pitch']),
  ])
})

test('contact entries are named after body and axis, torques before forces', () => {
  const { observationNames, observationUnits } = taskSpec(task('Ant-4x2', 0)).agents[0]!
  expect(observationNames.slice(2, 8)).toEqual([
    'front_left_stub_contact_torque_x',
    'front_left_stub_contact_torque_y',
    'front_left_stub_contact_torque_z',
    'front_left_stub_contact_force_x',
    'front_left_stub_contact_force_y',
    'front_left_stub_contact_force_z',
  ])
  expect(observationUnits.slice(0, 8)).toEqual(['rad', 'rad/s', 'N m', 'N m', 'N m', 'N', 'N', 'N'])
})

test.each(['zeros', 'real'])('an observation holds the values it names, contacts=%s', async (contacts) => {
  const env = await makeMujocoEnv(`${task('Ant-2x4', 1)}&contacts=${contacts}`)
  env.reset({ seed: 1 })
  const push = { agent_0: [1, -1, 1, -1], agent_1: [-1, 1, -1, 1] }
  let touched = 0
  for (let i = 0; i < 40 && env.agents.length > 0; i++) {
    const { observations } = env.step(push)
    const values = new Map<string, number>(env.stateSpace.names.map((name, k) => [name, env.state()[k]!]))
    for (const [agent, observation] of Object.entries(observations))
      env.observationSpace(agent).names.forEach((name, k) => {
        expect(observation[k]).toBe(values.get(name))
        if (name.includes('contact') && observation[k] !== 0) touched++
      })
  }
  expect(touched > 0).toBe(contacts === 'real')
  env.close()
})

test('velocities are seen as they are where the state clips them', async () => {
  const env = await makeMujocoEnv(task('Walker2d-2x3', 0))
  const { observations } = env.setState([0, 1.25, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 12, 0, 0, -11])
  const place = (agent: string, name: string) => env.observationSpace(agent).names.indexOf(name)
  expect(observations.agent_0![place('agent_0', 'right_foot_velocity')]).toBe(12)
  expect(observations.agent_1![place('agent_1', 'left_foot_velocity')]).toBe(-11)
  expect(env.state()[env.stateSpace.names.indexOf('right_foot_velocity')]).toBe(10)
  env.close()
})
