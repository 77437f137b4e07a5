// The point masses of point-masses.ts in the forms in which Python serves them: what agents see of a state, how their
// actions become a force, and with both the whole answer that is due.
import type { Rng } from '../../src/common/rng.ts'
import type { PerAgent } from '../../src/env/parallel-env.ts'
import type { VectorEnv, VectorReset, VectorStep } from '../../src/env/vector/vector-env.ts'
import { randomActions } from '../env/vector/random-actions.ts'
import type { MassesStep } from './point-masses.ts'

/** Copies. */
export const E = 3

export type Row = readonly number[]
export const flat = (rows: readonly Row[]) => Float64Array.from(rows.flat())
const single = (row: Row): Row => row.map(Math.fround)
const pick = (places: readonly number[]) => (state: Row) => places.map((i) => state[i]!)

/** One of the served environments: how its agents see a state, and the part of a joint action that pushes copy e. */
export interface Form {
  env: string
  views: PerAgent<(state: Row) => Row>
  state: (state: Row) => Row
  force: (actions: PerAgent<Float32Array>, copy: number) => [number, number]
}

const bothPush = (actions: PerAgent<Float32Array>, copy: number): [number, number] => {
  const [one, other] = Object.values(actions).map((values) => values.subarray(2 * copy))
  return [one![0]! + other![0]!, one![1]! + other![1]!]
}

const rowsAdded = ({ agent_0 }: PerAgent<Float32Array>, copy: number): [number, number] => {
  const [a, b, c, d] = agent_0!.subarray(4 * copy) as unknown as [number, number, number, number]
  return [a + c, b + d]
}

const east = pick([0, 2, 1])
const north = pick([1, 3, 0])
const same = (state: Row) => state
const clipped = (state: Row): Row => single(state.map((value) => Math.min(5, Math.max(-5, value))))
const alone = { views: { agent_0: same }, state: same, force: rowsAdded }
export const forms: Form[] = [
  { env: 'point_mass', views: { east, north }, state: same, force: bothPush },
  {
    env: 'stateless',
    views: { east, north },
    state: (state) => [...east(state), ...north(state)],
    force: bothPush,
  },
  { env: 'disabled', ...alone },
  { env: 'next_step', ...alone },
  { env: 'same_step', ...alone },
  {
    env: 'hands',
    views: { right: (state) => [...clipped(state), 0], left: (state) => [...clipped(state), 5] },
    state: clipped,
    force: bothPush,
  },
]

/** What copies in these states show. */
export function shown({ views, state }: Form, states: readonly Row[]): VectorReset {
  const observations = Object.entries(views).map(([agent, view]) => [agent, flat(states.map(view))])
  return { observations: Object.fromEntries(observations), states: flat(states.map(state)) }
}

/** Random, but copy 0 is pulled to the origin, so that some episodes terminate. */
export function someActions(env: VectorEnv, rng: Rng, states: readonly Row[]): PerAgent<Float32Array> {
  const actions = Object.entries(randomActions(env, rng)).map(([agent, values]) => {
    const size = values.length / E
    const pulled = values.map((value, i) => {
      const [copy, entry] = [Math.floor(i / size), i % 2]
      return copy === 0 ? Math.max(-1, Math.min(1, -states[0]![entry]! - states[0]![entry + 2]!)) : value
    })
    return [agent, new Float32Array(pulled)]
  })
  return Object.fromEntries(actions)
}

/** The answer to a step that left the copies so. */
export function answerTo(form: Form, env: VectorEnv, step: MassesStep): VectorStep {
  const agents = Object.keys(form.views)
  const last = shown(
    form,
    step.ended.map(({ state }) => state),
  )
  const final = { copies: Int32Array.from(step.ended, ({ copy }) => copy), ...last }
  return {
    ...shown(form, step.states),
    rewards: Object.fromEntries(agents.map((agent) => [agent, Float64Array.from(step.rewards)])),
    terminations: Uint8Array.from(step.terminations),
    truncations: Uint8Array.from(step.truncations),
    ...(env.autoreset === 'same_step' && step.ended.length > 0 ? { final } : {}),
  }
}
