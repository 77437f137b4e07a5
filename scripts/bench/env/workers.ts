// Two worker threads against one, and two independent processes against one: more than that this machine does not give.
import { type Child, startChild } from './child.ts'
import { inRounds, ratios, type Spread, spread } from './statistics.ts'
import { openVector } from './vector.ts'

const WARM_UP_SECONDS = 2

export interface WorkersRow {
  readonly task: string
  readonly oneWorker: Spread
  readonly twoWorkers: Spread
  readonly oneProcess: Spread
  readonly twoProcesses: Spread
  readonly twoWorkersToOne: Spread
  readonly twoProcessesToOne: Spread
  /** The first of these ratios over the second. */
  readonly ofCeiling: Spread
}

export async function measureWorkers(
  task: string,
  copies: number,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<WorkersRow> {
  const [one, two] = [await openVector(task, copies, 1), await openVector(task, copies, 2)]
  const alone = (): Child<{ seconds: number }, number> =>
    startChild('vector-process.ts', [task, String(copies)])
  const processes = [alone(), alone()] as const
  const both = async (time: number) => {
    const rates = await Promise.all(processes.map((each) => each.ask({ seconds: time })))
    return rates[0]! + rates[1]!
  }
  await one.run(WARM_UP_SECONDS)
  await two.run(WARM_UP_SECONDS)
  await both(WARM_UP_SECONDS)
  const rates = await inRounds(
    {
      oneWorker: () => one.run(seconds),
      twoWorkers: () => two.run(seconds),
      oneProcess: () => processes[0].ask({ seconds }),
      twoProcesses: () => both(seconds),
    },
    rounds,
  )
  for (const each of processes) each.close()
  await Promise.all([one.close(), two.close()])
  const ceilings = rates.twoProcesses.map((rate, i) => rate / rates.oneProcess[i]!)
  const gains = rates.twoWorkers.map((rate, i) => rate / rates.oneWorker[i]!)
  return {
    task,
    oneWorker: spread(rates.oneWorker),
    twoWorkers: spread(rates.twoWorkers),
    oneProcess: spread(rates.oneProcess),
    twoProcesses: spread(rates.twoProcesses),
    twoWorkersToOne: spread(gains),
    twoProcessesToOne: spread(ceilings),
    ofCeiling: ratios(gains, ceilings),
  }
}
