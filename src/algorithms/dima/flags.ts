// The flags of `npm run train` that only DIMA and its world model have.
import Type from 'typebox'
import { oneOf } from '../../common/config.ts'
import { PLANS } from '../../worlds/dima/serve/manifest.ts'

export const dimaFlags = {
  plan: Type.Optional(
    oneOf(
      PLANS,
      undefined,
      'how the policy imagines (default joint; sequential is the paper, method.md 7.6)',
    ),
  ),
  offsetNoise: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'of the denoiser (default 0.3; 0 is the ablation of method.md 7.4)',
    }),
  ),
}
