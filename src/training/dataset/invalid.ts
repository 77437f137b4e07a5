// What is wrong with a file of recorded episodes, where.
import { DimaError, type ErrorDetails } from '../../common/errors.ts'

/** @param where file, or file and key: `main_data.hdf5: episode_3/rewards` */
export const invalidDataset = (where: string, problem: string, details: ErrorDetails = {}): DimaError =>
  new DimaError('invalid_dataset', `${where}: ${problem}`, details)
