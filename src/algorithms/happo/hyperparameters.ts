// Every hyper-parameter of a HAPPO run with its default, unit and source.
import Type, { type Static } from 'typebox'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { evaluationField, learnFields, playFields, ppoPreset } from '../on-policy/hyperparameters.ts'

export const HappoHyperparameters = Type.Object(
  { ...playFields, ...learnFields, ...evaluationField(10_000) },
  { additionalProperties: false },
)
export type HappoHyperparameters = Static<typeof HappoHyperparameters>

export const happoPreset = (preset: PresetName, task: string): HappoHyperparameters =>
  ppoPreset(HappoHyperparameters, preset, task)
