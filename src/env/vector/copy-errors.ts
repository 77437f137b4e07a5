// Errors that name copies.
import { DimaError } from '../../common/errors.ts'

const NAMED = 8 // copies in a message; `details.copies` has all

/** The copies that are in one of these phases, ascending. */
export function copiesIn(wanted: readonly number[], phases: Uint8Array): number[] {
  const copies: number[] = []
  for (let e = 0; e < phases.length; e++) if (wanted.includes(phases[e]!)) copies.push(e)
  return copies
}

export const noEpisode = (copies: readonly number[]): DimaError =>
  new DimaError('no_episode', `no episode is running in ${name(copies)}: reset before the next step`, {
    field: name(copies),
    copies,
  })

export const simulationFailed = (copies: readonly number[]): DimaError =>
  new DimaError(
    'simulation_failed',
    `the physics became unstable in ${name(copies)}: reset before the next step`,
    {
      field: name(copies),
      copies,
    },
  )

function name(copies: readonly number[]): string {
  const more = copies.length > NAMED ? ` and ${copies.length - NAMED} more` : ''
  return `${copies.length === 1 ? 'copy' : 'copies'} ${copies.slice(0, NAMED).join(', ')}${more}`
}
