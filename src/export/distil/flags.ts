// Flags of distillation, and those that it shares with the comparison of versions.
import Type, { type Static } from 'typebox'
import { comparisonFlags } from '../comparison/flags.ts'

export const distilFlags = {
  distilEmbedding: Type.Boolean({
    default: false,
    description:
      'put a small network in place of the encoder of joint actions, if imagination stays as good (docs/models.md)',
  }),
  distilUpdates: Type.Integer({
    default: 20_000,
    minimum: 1,
    description: 'updates that it learns by; the encoder is asked four times as often',
  }),
  distilWithin: Type.Number({
    default: 0.02,
    minimum: 0,
    description: 'share by which the error over the horizon may grow with it',
  }),
}

const DistilFlags = Type.Object({ run: Type.String(), ...comparisonFlags, ...distilFlags })
export type DistilFlags = Static<typeof DistilFlags>
