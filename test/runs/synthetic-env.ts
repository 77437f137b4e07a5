// An environment whose next state is a known function of state and actions: two agents, one action each, three
// numbers of state.

import { Rng } from '../../src/common/rng.ts'
import type { ParallelEnv, PerAgent } from '../../src/env/parallel-env.ts'
import { box } from '../../src/env/spaces.ts'
import type { DimaSpec } from '../../src/worlds/dima/serve/manifest.ts'

export const AGENTS = ['agent_0', 'agent_1'] as const
export const LENGTH = 24

type Numbers = ArrayLike<number>

export const nextState = ([a, b, t]: number[], [left, right]: number[]): number[] => [
  0.5 * a! + left! - 0.25 * b!,
  0.5 * b! + 2 * right! * a!,
  t! + 1,
]
export const rewardOf = ([a, b]: number[], [left, right]: number[]): number =>
  a! + 10 * b! + 100 * left! - right!
export const observationOf = (state: number[], agent: number): number[] =>
  [...state, agent].map((x) => Math.fround(2 * x))

export const row = (values: Numbers, index: number, width: number): number[] =>
  Array.from({ length: width }, (_, i) => values[index * width + i]!)

/** How an episode ends, by its seed. */
export interface Ending {
  length: number
  /** by failure, not by the time limit */
  fails: boolean
}
const ALWAYS: Ending = { length: LENGTH, fails: false }

export function syntheticEnv(endingOf: (seed: number) => Ending = () => ALWAYS): ParallelEnv {
  let ending = ALWAYS
  let state: number[] = []
  let agents: readonly string[] = []
  const observe = (): PerAgent<Float64Array> =>
    Object.fromEntries(AGENTS.map((name, i) => [name, Float64Array.from(observationOf(state, i))]))
  const forAll = <T>(value: T): PerAgent<T> => Object.fromEntries(AGENTS.map((name) => [name, value]))
  const spaceOf = (names: string[], bound: number) =>
    box(
      -bound,
      bound,
      names,
      names.map(() => '1'),
    )
  const [seenSpace, forceSpace] = [spaceOf(['a', 'b', 't', 'id'], 10), spaceOf(['force'], 1)]
  return {
    possibleAgents: AGENTS,
    get agents() {
      return agents
    },
    stateSpace: spaceOf(['a', 'b', 't'], 10),
    observationSpace: () => seenSpace,
    actionSpace: () => forceSpace,
    reset: ({ seed = 0 } = {}) => {
      const rng = new Rng(seed)
      ending = endingOf(seed)
      state = [rng.normal(), rng.normal(), 0]
      agents = AGENTS
      return { observations: observe(), infos: forAll({}) }
    },
    step: (actions) => {
      const joint = AGENTS.map((name) => actions[name]![0]!)
      const reward = rewardOf(state, joint)
      state = nextState(state, joint)
      const over = state[2] === ending.length
      if (over) agents = []
      return {
        observations: observe(),
        // Different for every agent: the team reward is their mean.
        rewards: { agent_0: reward - 1, agent_1: reward + 1 },
        terminations: forAll(over && ending.fails),
        truncations: forAll(over && !ending.fails),
        infos: forAll({}),
      }
    },
    state: () => Float64Array.from(state),
    close: () => {},
  }
}

export const sizes = { context: 3, horizon: 5, agents: 2, action: 1, state: 3, observation: 4 }

export const spec: DimaSpec = {
  kind: 'dima',
  agents: AGENTS.map((name) => ({ name, actuators: [name] })),
  action: { dimension: 1, low: -1, high: 1, unit: '1' },
  state: ['a', 'b', 't'].map((name) => ({ name, unit: '1' })),
  observation: ['a', 'b', 't', 'id'].map((name) => ({ name, unit: '1' })),
  horizon: sizes.horizon,
  context: sizes.context,
  sampling: {
    sigmaData: 0.5,
    sigmaMin: 0.002,
    sigmaMax: 5,
    rho: 7,
    sequentialSteps: 4,
    jointSteps: 2,
    defaultPlan: 'joint',
  },
  normalisation: { mean: [0.5, -1, 10], std: [0.5, 2, 4] },
}
