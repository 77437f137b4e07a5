// What a run does where its numbers are no longer finite: it ends, says where it stands, and keeps no such checkpoint.
import { DimaError } from '../common/errors.ts'
import { lostNumber } from '../common/finite.ts'

/**
 * What ended an epoch. Of a number that is not finite it says what is kept.
 * @param kept epoch of the last checkpoint; 0 without one
 */
export function withWhatIsKept(error: unknown, epoch: number, kept: number): unknown {
  if (!(error instanceof DimaError) || error.code !== 'not_finite') return error
  const words = kept > 0 ? `the checkpoint of epoch ${kept} is kept` : 'there is no checkpoint yet'
  return new DimaError(error.code, `${error.message}. Stopped in epoch ${epoch}; ${words}`, error.details)
}

/** The checkpoint, to be written or to go on from. DimaError `not_finite` names the place: `learners.denoiser.p.0.17`. */
export function finiteCheckpoint<T extends object>(checkpoint: T): T {
  const lost = lostNumber(checkpoint)
  if (!lost) return checkpoint
  throw new DimaError(
    'not_finite',
    `the checkpoint has ${lost.value} in ${lost.place}: its training diverged; begin again in another --out with a lower learning rate (--set)`,
    { field: lost.place, given: String(lost.value) },
  )
}
