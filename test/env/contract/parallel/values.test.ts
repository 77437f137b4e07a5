import { altered, answers, findsEach, type Row, starts } from './broken-envs.ts'

const values: Row[] = [
  [
    'an observation outside its space',
    () => answers(({ observations }) => observations.right!.fill(5)),
    /^step\(\): the observation of right: position is 5, not a finite number within \[-4, 4\]/,
  ],
  [
    'an observation that is not finite',
    () => starts(({ observations }) => observations.left!.fill(Number.NaN)),
    /^reset\(\): the observation of left: position is NaN/,
  ],
  [
    'an observation of another length',
    () => starts(({ observations }) => Object.assign(observations, { left: new Float64Array(3) })),
    /^reset\(\): the observation of left has 3 numbers, not 2/,
  ],
  [
    'an observation of another type',
    () => starts(({ observations }) => Object.assign(observations, { left: new Float32Array(2) })),
    /^reset\(\): the observation of left is Float32Array, not a Float64Array/,
  ],
  [
    'an agent without an observation',
    () => starts((answer) => Reflect.deleteProperty(answer.observations, 'right')),
    /^reset\(\): observations has nothing for right/,
  ],
  [
    'an answer for a stranger',
    () => answers(({ rewards }) => Object.assign(rewards, { stranger: 1 })),
    /^step\(\): rewards names stranger, which did not act/,
  ],
  [
    'infos that are missing',
    () => answers((answer) => Reflect.deleteProperty(answer, 'infos')),
    /^step\(\): infos is undefined, not one value an agent/,
  ],
  [
    'a reward that is not finite',
    () => answers(({ rewards }) => Object.assign(rewards, { left: Number.POSITIVE_INFINITY })),
    /^step\(\): the reward of left is Infinity, not a finite number/,
  ],
  [
    'a state outside its space',
    () => altered('state', () => () => Float64Array.of(-9)),
    /^state\(\): the state: position is -9/,
  ],
]

findsEach(values)
