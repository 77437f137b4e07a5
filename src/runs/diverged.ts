// What a run does where its numbers are no longer finite: it ends, says where it stands, and keeps no such checkpoint.
import { DimaError } from '../common/errors.ts'
import { lostNumber } from '../common/finite.ts'

/** Runs an epoch. Of one that meets a number that is not finite the error says what is kept. */
export async function inEpoch(epoch: number, saved: number, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof DimaError) || error.code !== 'not_finite') throw error
    const kept = saved > 0 ? `the checkpoint of epoch ${saved} is kept` : 'there is no checkpoint yet'
    throw new DimaError(error.code, `${error.message}. Stopped in epoch ${epoch}; ${kept}`, error.details)
  }
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
