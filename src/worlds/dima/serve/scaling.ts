// Between environment units and x = sigma_d (s - mean) / std, which the denoiser works on (method.md 2.1).
import { cutRows } from '../../../common/tensors.ts'
import type { Starts } from '../../starts.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'

/** The start windows: x [B, L, S]; padding is zero. */
export function scaledStarts(
  spec: DimaSpec,
  { batch: B, states, windows }: Pick<Starts, 'batch' | 'states' | 'windows'>,
): Float32Array {
  const { L, S } = lettersOf(spec)
  const { mean, std } = spec.normalisation
  const x = new Float32Array(B * L * S)
  for (let row = 0; row < B; row++) {
    for (let i = (L - windows[row]!) * S; i < L * S; i++) {
      const s = i % S
      const raw = states[row * L * S + i]!
      x[row * L * S + i] = (spec.sampling.sigmaData * (raw - mean[s]!)) / std[s]!
    }
  }
  return x
}

/** The last state of each window, [B, S]. */
export function latestOf(spec: DimaSpec, context: Float32Array): Float32Array {
  const { L, S } = lettersOf(spec)
  return cutRows(context, context.length / (L * S), (L - 1) * S, S)
}

/** The same in environment units. */
export function latestStates(spec: DimaSpec, { batch: B, states }: Starts): Float64Array {
  const { L, S } = lettersOf(spec)
  return Float64Array.from(
    { length: B * S },
    (_, i) => states[(Math.floor(i / S) * L + L - 1) * S + (i % S)]!,
  )
}

/** Environment units [..., S] -> normalised states. */
export function standardised({ normalisation: { mean, std } }: DimaSpec, states: Float64Array): Float32Array {
  const S = mean.length
  return Float32Array.from(states, (value, i) => (value - mean[i % S]!) / std[i % S]!)
}

/** x -> normalised states, which the decoder and the reward model take. */
export function normalised({ sampling }: DimaSpec, x: Float32Array): Float32Array {
  const states = new Float32Array(x.length)
  for (let i = 0; i < x.length; i++) states[i] = x[i]! / sampling.sigmaData
  return states
}

/** x [..., S] -> environment units. */
export function environmentUnits({ sampling, normalisation }: DimaSpec, x: Float32Array): Float64Array {
  const { mean, std } = normalisation
  return Float64Array.from(x, (value, i) => {
    const s = i % mean.length
    return (value / sampling.sigmaData) * std[s]! + mean[s]!
  })
}
