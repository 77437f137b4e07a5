// An imagined trajectory can leave the finite numbers; a session must not follow it there.
import { DimaError } from '../../common/errors.ts'
import { firstNonFinite } from '../../common/finite.ts'

export const allFinite = (values: ArrayLike<number>): boolean => firstNonFinite(values) < 0

export const diverged = (what: string): DimaError =>
  new DimaError('diverged', `${what} is not finite; nothing was changed`)
