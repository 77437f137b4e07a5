import { DimaError } from '../common/errors.ts'

/** @param place file, and line where it has lines */
export const damaged = (place: string, why: string): DimaError =>
  new DimaError('invalid_config', `${place} is damaged: ${why}`, { field: place })
