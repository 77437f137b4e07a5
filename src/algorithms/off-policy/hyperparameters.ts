// Hyper-parameters of playing, keeping and evaluating, whatever learns from it.
import Type from 'typebox'

const strict = { additionalProperties: false, default: {} }

export const integer = (value: number, description: string, minimum = 1) =>
  Type.Integer({ default: value, minimum, description })
export const positive = (value: number, description: string) =>
  Type.Number({ default: value, exclusiveMinimum: 0, description })

export const playFields = {
  copies: integer(20, 'environments that play side by side, part of the result (method.md 6)'),
  stepsPerCopy: integer(50, 'environment steps of each in an epoch: 1,000 in all (method.md 6)'),
  warmupSteps: integer(
    10_000,
    'first steps, with actions uniform in -1..1, without updates (method.md 6)',
    0,
  ),
  updatesPerStep: positive(0.05, 'updates for a step of one environment (method.md 6)'),
  capacity: integer(1_000_000, 'transitions that are kept, in whole epochs (method.md 6)'),
}

export const walkFields = {
  batch: integer(1000, 'transitions of an update, all different (method.md 6)'),
  nStep: integer(10, 'steps whose rewards a target has before the value of a state (method.md 6)'),
  gamma: Type.Number({ default: 0.99, minimum: 0, maximum: 1, description: 'discount a step (method.md 6)' }),
}

export const evaluationField = {
  evaluation: Type.Object(
    {
      everySteps: integer(10_000, 'environment steps between evaluations, in whole epochs'),
      episodes: integer(10, 'episodes of an evaluation, with mean actions (method.md 5)'),
    },
    strict,
  ),
}
