// An imagined trajectory can leave the finite numbers; a session must not follow it there.
import { DimaError } from '../../common/errors.ts'

export function allFinite(values: Float32Array | Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false
  return true
}

export const diverged = (what: string): DimaError =>
  new DimaError('diverged', `${what} is not finite; nothing was changed`)
