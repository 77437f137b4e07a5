// Every hyper-parameter of a MAPPO run with its default, unit and source.
import Type, { type Static } from 'typebox'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { evaluationField, learnFields, playFields, ppoPreset } from '../on-policy/hyperparameters.ts'

export const MappoHyperparameters = Type.Object(
  {
    ...playFields,
    rewards: Type.Optional(
      Type.Enum(['team', 'per-agent'], {
        default: 'team',
        description:
          'what agents with rewards of their own learn by: their mean, or each by its own, with a critic that is told whose value is asked for',
      }),
    ),
    ...learnFields,
    ...evaluationField(1000),
  },
  { additionalProperties: false },
)
export type MappoHyperparameters = Static<typeof MappoHyperparameters>

export const mappoPreset = (preset: PresetName, task: string): MappoHyperparameters =>
  ppoPreset(MappoHyperparameters, preset, task)
