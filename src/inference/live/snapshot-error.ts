import { DimaError } from '../../common/errors.ts'

/** `field` inside the snapshot, '' for the whole of it. What it held is not repeated. */
export function snapshotError(field: string, message: string): DimaError {
  const path = field ? `snapshot.${field}` : 'snapshot'
  return new DimaError('invalid_snapshot', `${path} ${message}`, { field: path })
}
