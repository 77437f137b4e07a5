// What is wrong with a file of recorded episodes, where.
import { DimaError, type ErrorDetails } from '../../common/errors.ts'

/** @param where file, or file and key: `main_data.hdf5: episode_3/rewards` */
export const invalidDataset = (where: string, problem: string, details: ErrorDetails = {}): DimaError =>
  new DimaError('invalid_dataset', `${where}: ${problem}`, details)

/** What fails in the HDF5 library, as `invalid_dataset`: its report is a page long, the cause stands in a line of it. */
export function inOneLine<T>(where: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof DimaError) throw error
    throw invalidDataset(where, causeOf(String((error as Error).message ?? error)))
  }
}

function causeOf(report: string): string {
  const lines = [...report.matchAll(/#\d+: .*? in \w+\(\): (.*)/g)].map((match) => match[1]!)
  const filter = lines.find((line) => line.startsWith('required filter'))
  return filter ?? lines.at(-1) ?? report.split('\n')[0]!
}
