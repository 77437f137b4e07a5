// Which copies are reset and with what seeds, checked before any is.
import { DimaError } from '../../common/errors.ts'
import { checkLength } from './check-length.ts'
import type { VectorArrays } from './vector-arrays.ts'
import type { VectorResetOptions } from './vector-env.ts'

/** Fills `mask` and the seeds of its copies. DimaError `invalid_shape`, `not_finite`. */
export function writeResets({ mask, seeds }: VectorArrays, options: VectorResetOptions): void {
  const chosen = options.mask
  if (chosen) checkLength('mask', chosen, mask.length)
  const seedOf = seedsOf(options.seed, mask.length)
  for (let e = 0; e < mask.length; e++) {
    mask[e] = !chosen || chosen[e] ? 1 : 0
    if (mask[e] && seedOf) seeds[e] = seedOf(e)
  }
}

function seedsOf(seed: VectorResetOptions['seed'], numEnvs: number): ((e: number) => number) | undefined {
  if (seed === undefined) return undefined
  if (typeof seed === 'number') {
    checkFinite('seed', seed)
    return (e) => seed + e
  }
  checkLength('seed', seed, numEnvs)
  for (let e = 0; e < numEnvs; e++) checkFinite(`seed[${e}]`, seed[e]!)
  return (e) => seed[e]!
}

function checkFinite(field: string, value: number): void {
  if (!Number.isFinite(value))
    throw new DimaError('not_finite', `${field} is ${value}`, { field, given: String(value) })
}
