import { box } from '../../../../src/env/spaces.ts'
import { ToyEnv } from '../toy-env.ts'
import { altered, findsEach, type Row } from './broken-envs.ts'

const withSpace = (space: ReturnType<typeof box>) => {
  const env = new ToyEnv()
  env.observationSpaces.left = space
  return env
}

const spaces: Row[] = [
  [
    'a space that is made anew',
    () => altered('observationSpace', (space) => (agent) => ({ ...space(agent) })),
    /^observationSpace\('left'\): is another object every time/,
  ],
  [
    'an unknown agent that has a space',
    () =>
      altered(
        'actionSpace',
        (space, env) => (agent) => (env.possibleAgents.includes(agent) ? space(agent) : box(0, 1, [], [])),
      ),
    /^actionSpace\('nobody'\): was accepted; it must throw unknown_agent/,
  ],
  [
    'a wrong error for an unknown agent',
    () =>
      altered('actionSpace', (space, env) => (agent) => {
        if (!env.possibleAgents.includes(agent)) throw new TypeError('what?')
        return space(agent)
      }),
    /^actionSpace\('nobody'\): threw TypeError: what\?; it must throw unknown_agent/,
  ],
  [
    'two entries of one name',
    () => withSpace(box(-4, 4, ['position', 'position'], ['m', 'm'])),
    /observationSpace\('left'\): two entries are named position/,
  ],
  [
    'an entry without a unit',
    () => withSpace(box(-4, 4, ['position', 'is_left'], ['m', ''])),
    /observationSpace\('left'\): is_left has no unit/,
  ],
  [
    'bounds the wrong way round',
    () => withSpace(box(4, -4, ['position', 'is_left'], ['m', '1'])),
    /observationSpace\('left'\): position has the bounds \[4, -4\]/,
  ],
  [
    'a shape that is not that of the bounds',
    () => withSpace({ ...box(-4, 4, ['position', 'is_left'], ['m', '1']), shape: [3] }),
    /observationSpace\('left'\): low has 2 entries for the shape \[3\]/,
  ],
  ['no agents', () => Object.assign(new ToyEnv(), { possibleAgents: [] }), /^possibleAgents: is empty/],
  [
    'an agent twice',
    () => Object.assign(new ToyEnv(), { possibleAgents: ['left', 'left'] }),
    /^possibleAgents: names left twice/,
  ],
]

findsEach(spaces)
