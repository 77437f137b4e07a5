// Between environment units and x = sigma_d (s - mean) / std, which the denoiser works on (method.md 2.1).
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'

/** The start windows with room for H imagined states: x [B, L + H, S]; padding is zero. */
export function scaledStarts(
  spec: DimaSpec,
  { batch: B, horizon: H, states, windows }: Pick<Rollout, 'batch' | 'horizon' | 'states' | 'windows'>,
): Float32Array {
  const { L, S } = lettersOf(spec)
  const { mean, std } = spec.normalisation
  const x = new Float32Array(B * (L + H) * S)
  for (let row = 0; row < B; row++) {
    for (let i = (L - windows[row]!) * S; i < L * S; i++) {
      const s = i % S
      const raw = states[row * L * S + i]!
      x[row * (L + H) * S + i] = (spec.sampling.sigmaData * (raw - mean[s]!)) / std[s]!
    }
  }
  return x
}

/** x -> normalised states, which the decoder and the reward model take. */
export const normalised = ({ sampling }: DimaSpec, x: Float32Array): Float32Array =>
  x.map((value) => value / sampling.sigmaData)

/** x [..., S] -> environment units. */
export function environmentUnits({ sampling, normalisation }: DimaSpec, x: Float32Array): Float64Array {
  const { mean, std } = normalisation
  return Float64Array.from(x, (value, i) => {
    const s = i % mean.length
    return (value / sampling.sigmaData) * std[s]! + mean[s]!
  })
}
