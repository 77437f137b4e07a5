// What a run of kills found, and what must not be in it.
import { scrape } from '../server-metrics.ts'
import { readiness } from './readiness.ts'
import type { ServerProcess } from './server-process.ts'
import { PASSING, type Stepper } from './stepper.ts'
import { quantile } from './sums.ts'
import { type Totals, totalsOf } from './totals.ts'

/** How one executor was ended, and what came of it. */
export interface End {
  wedge: boolean
  midStep: boolean
  gaps: number[]
  offMs: number
  onMs: number
}

/** What came of all ends of one kind. Times in milliseconds. */
interface Ends {
  count: number
  /** executors that were computing when it happened */
  midStep: number
  /** each session's longest time without a commit, from the kill until all executors work again */
  gapMs: { p50: number; p99: number; max: number }
  /** until the server said that an executor was missing, at most */
  readyOffAfterMs: number
  /** until all worked again, at most */
  readyAgainAfterMs: number
}

export interface KillReport extends Totals {
  killed: Ends
  wedged: Ends
  sessions: { socket: number; rest: number }
  /** the deviation before the first kill */
  undisturbedDeviation: number
  /** what was asked of it and did not hold; empty: passed */
  failures: string[]
}

/** After a kill; a wedge is noticed only after the server's EXECUTOR_TIMEOUT_MS. */
const MOST_GAP_MS = 2000
/** The server's default. */
export const EXECUTOR_TIMEOUT_MS = 2000
const MOST_DEVIATION = 1e-5
export async function conclude(
  server: ServerProcess,
  steppers: Stepper[],
  { ends, undisturbed, rest }: { ends: End[]; undisturbed: number; rest: number },
): Promise<KillReport> {
  const report = {
    killed: summary(ends.filter(({ wedge }) => !wedge)),
    wedged: summary(ends.filter(({ wedge }) => wedge)),
    sessions: { socket: steppers.length - rest, rest },
    undisturbedDeviation: undisturbed,
    ...totalsOf(steppers),
  }
  const wrong = steppers.flatMap((stepper) => stepper.report.wrong)
  return { ...report, failures: [...wrong, ...judge(report), ...(await judgeServer(server, report))] }
}

const summary = (ends: End[]): Ends => ({
  count: ends.length,
  midStep: ends.filter(({ midStep }) => midStep).length,
  gapMs: quantilesOf(ends.flatMap(({ gaps }) => gaps)),
  readyOffAfterMs: Math.max(0, ...ends.map(({ offMs }) => offMs)),
  readyAgainAfterMs: Math.max(0, ...ends.map(({ onMs }) => onMs)),
})

const quantilesOf = (gaps: number[]) => ({
  p50: Math.round(quantile(gaps, 0.5)),
  p99: Math.round(quantile(gaps, 0.99)),
  max: Math.round(quantile(gaps, 1)),
})

function judge(report: Omit<KillReport, 'failures'>): string[] {
  const { killed, wedged, refused, deviation } = report
  const failures: string[] = []
  const expect = (right: boolean, otherwise: string) => void (right || failures.push(otherwise))
  expect(killed.gapMs.max <= MOST_GAP_MS, `a session stood still for ${killed.gapMs.max} ms after a kill`)
  const most = MOST_GAP_MS + EXECUTOR_TIMEOUT_MS
  expect(wedged.gapMs.max <= most, `a session stood still for ${wedged.gapMs.max} ms after a wedge`)
  expect(deviation <= MOST_DEVIATION, `an episode differs by ${deviation} from its undisturbed run`)
  const others = Object.keys(refused).filter((code) => !PASSING.includes(code))
  expect(others.length === 0, `errors other than passing ones: ${others}`)
  return failures
}

/** What the server itself counted. */
async function judgeServer(
  server: ServerProcess,
  { killed, wedged, commits }: Pick<KillReport, 'killed' | 'wedged' | 'commits'>,
): Promise<string[]> {
  const failures: string[] = []
  const series = await scrape(server.url)
  const expect = (name: string, value: number) => {
    const found = [...series].find(([key]) => key.startsWith(name))?.[1]
    if (found !== value) failures.push(`${name} is ${found}, not ${value}`)
  }
  expect('wm_executor_restarts_total{reason="died"}', killed.count)
  expect('wm_executor_restarts_total{reason="wedged"}', wedged.count)
  expect('wm_steps_total', commits)
  expect('wm_sessions_open', 0)
  if (!(await readiness(server))) failures.push('the server is not ready at the end')
  return failures
}
