// The synthetic environment as a task that runs can be of: small networks, short episodes.
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import type { ActingPolicy } from '../../../src/episodes/sources/actions.ts'
import { VectorSource } from '../../../src/episodes/sources/vector-source.ts'
import { AGENTS, type Ending, LENGTH } from '../../runs/synthetic-env.ts'
import { syntheticVectorEnv } from './synthetic-vector-env.ts'

const units = (names: string[]) => names.map(() => '1')

export const syntheticTask: TaskSpec = {
  name: 'Synthetic-v0',
  agents: AGENTS.map((name) => ({
    name,
    actuators: [`${name} force`],
    observationNames: ['a', 'b', 't', 'id'],
    observationUnits: units(['a', 'b', 't', 'id']),
  })),
  actionLow: -1,
  actionHigh: 1,
  actionUnit: '1',
  stateNames: ['a', 'b', 't'],
  stateUnits: units(['a', 'b', 't']),
  episodeLimit: LENGTH,
  stepSeconds: 1,
  reward: 'a sum',
}

export interface Played {
  policy: ActingPolicy | undefined
  first: number
}

/** A source of it that keeps who was asked to play for which episode. */
export function syntheticSource(endingOf: (seed: number) => Ending, seed: number, policyStd: number) {
  const open = (copies: number) => syntheticVectorEnv({ copies, autoreset: 'disabled', endingOf })
  const source = new VectorSource({ spec: syntheticTask }, { kind: 'environment' }, open(1), {
    seed,
    policyStd,
  })
  const asked: Played[] = []
  const collect = source.collect.bind(source)
  source.collect = (first, steps, policy, exploration) => {
    asked.push({ policy, first })
    return collect(first, steps, policy, exploration)
  }
  return { source: source.playIn(async () => open(3)), asked }
}
