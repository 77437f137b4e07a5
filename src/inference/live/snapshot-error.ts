import { DimaError } from '../../common/errors.ts'

/** Names of unknown fields are the caller's own and may be of any length. */
const LONGEST_FIELD = 64

/** `field` inside the snapshot, '' for the whole of it. What it held is not repeated. */
export function snapshotError(field: string, message: string): DimaError {
  const path = field ? `snapshot.${field.slice(0, LONGEST_FIELD)}` : 'snapshot'
  return new DimaError('invalid_snapshot', `${path} ${message}`, { field: path })
}
