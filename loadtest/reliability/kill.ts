// Executors are killed and stopped in the middle of steps while sessions go on. Nothing may be lost, done twice or come
// out differently, and everyone goes on within seconds.
import { setTimeout as after } from 'node:timers/promises'
import { Rng } from '../../src/common/rng.ts'
import { scrape } from '../server-metrics.ts'
import { type Door, restDoor, socketDoor } from './door.ts'
import { modelOf } from './model.ts'
import { stateOf } from './processes.ts'
import { offAndOn, readiness } from './readiness.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { episodesOf, PASSING, Stepper, type StepperReport } from './stepper.ts'
import { quantile, sumByKey } from './sums.ts'

export interface KillOptions {
  kills: number
  /** every so many-th executor is not killed but stopped, which looks like a wedge; 0: none */
  wedgeEvery: number
  sessions: number
  /** most steps of one execution; with 1 the numbers of a step do not depend on who shares its batch, to the bit */
  batch: number
  seed: number
  log: (line: string) => void
}

/** Of one kind of end. Times in milliseconds. */
interface Ends {
  count: number
  /** executors that were computing when it happened */
  midStep: number
  /** each session's longest time without a commit, from the kill until the server is ready again */
  gapMs: { p50: number; p99: number; max: number }
  /** until readiness went off, at most */
  readyOffAfterMs: number
  /** until readiness was on again, at most */
  readyAgainAfterMs: number
}

export interface KillReport {
  killed: Ends
  wedged: Ends
  sessions: { socket: number; rest: number }
  commits: number
  episodes: number
  repeatedSteps: number
  refused: Record<string, number>
  /** largest difference of an episode from its first time, over max(1, |x|), before the first kill */
  undisturbedDeviation: number
  /** and over all of the run */
  deviation: number
  /** what was asked of it and did not hold; empty: passed */
  failures: string[]
}

/** After a kill; a wedge is noticed only after the server's EXECUTOR_TIMEOUT_MS. */
const MOST_GAP_MS = 2000
const EXECUTOR_TIMEOUT_MS = 2000
const MOST_DEVIATION = 1e-5
/** Steps of another batch size are rounded differently, which an imagined episode amplifies, kills or not. */
const MOST_OVER_UNDISTURBED = 4
const EPISODES = 2
/** Each episode is played so often before the first kill: once to know it, then to see how it varies by itself. */
const UNDISTURBED = 4
const EPISODE_STEPS = 15
/** Of the sessions, over REST. */
const REST_SHARE = 4
const PATIENCE_MS = 1000
const RECOVERY_MS = 60_000

export async function runKills(options: KillOptions): Promise<KillReport> {
  const server = await startServer({
    settings: {
      EXECUTORS: '2',
      EXECUTOR_TIMEOUT_MS: String(EXECUTOR_TIMEOUT_MS),
      MAX_BATCH_SIZE: String(options.batch),
      LOG_LEVEL: 'info',
    },
  })
  try {
    return await killOften(server, options)
  } finally {
    await server.stop()
  }
}

async function killOften(server: ServerProcess, options: KillOptions): Promise<KillReport> {
  const { sessions, seed, log } = options
  const steppers = await openSteppers(server, sessions, seed)
  const ending = new AbortController()
  const running = Promise.all(steppers.map((stepper) => stepper.run(ending.signal)))
  const enough = UNDISTURBED * EPISODES
  await until(() => steppers.every(({ report }) => report.episodes >= enough || report.wrong.length > 0))
  const undisturbed = deviationOf(steppers)
  log(`${sessions} sessions have played undisturbed; their episodes vary by ${undisturbed.toExponential(1)}`)
  const ends = await endExecutors(server, steppers, options)
  ending.abort()
  await running
  return conclude(server, steppers, { ends, undisturbed, rest: Math.ceil(sessions / REST_SHARE) })
}

async function openSteppers({ url }: ServerProcess, sessions: number, seed: number): Promise<Stepper[]> {
  const { agents, A } = await modelOf({ url })
  const sockets = await Promise.all(Array.from({ length: 4 }, () => socketDoor({ url })))
  const rest = restDoor({ url })
  return Array.from({ length: sessions }, (_, i) => {
    const door: Door = i % REST_SHARE === 0 ? rest : sockets[i % sockets.length]!
    const episodes = episodesOf(seed, i, EPISODES, EPISODE_STEPS, [agents.length, A])
    return new Stepper({ door, episodes, patienceMs: PATIENCE_MS })
  })
}

interface End {
  wedge: boolean
  midStep: boolean
  gaps: number[]
  offMs: number
  onMs: number
}

async function endExecutors(
  server: ServerProcess,
  steppers: Stepper[],
  { kills, wedgeEvery, seed, log }: KillOptions,
): Promise<End[]> {
  const rng = new Rng(seed, 'kills')
  const ends: End[] = []
  for (let k = 1; k <= kills; k++) {
    await after(rng.int(300))
    const end = await endOne(server, steppers, wedgeEvery > 0 && k % wedgeEvery === 0, rng)
    ends.push(end)
    const what = end.wedge ? 'stopped' : 'killed'
    const gap = Math.max(...end.gaps).toFixed(0)
    log(`${k}: ${what}${end.midStep ? ' mid-step' : ''}, longest gap ${gap} ms, ready after ${end.onMs} ms`)
  }
  return ends
}

async function endOne(server: ServerProcess, steppers: Stepper[], wedge: boolean, rng: Rng): Promise<End> {
  const executors = server.executors()
  const victim = executors[rng.int(executors.length)]
  if (victim === undefined) throw new Error('there is no executor')
  const midStep = await computing(victim)
  const at = performance.now()
  for (const { gap } of steppers) gap.mark(at)
  process.kill(victim, wedge ? 'SIGSTOP' : 'SIGKILL')
  const { offMs, onMs } = await offAndOn(server, at, RECOVERY_MS)
  await until(() => steppers.every(({ gap, report }) => gap.moved || report.wrong.length > 0))
  const now = performance.now()
  return { wedge, midStep, gaps: steppers.map(({ gap }) => gap.read(now)), offMs, onMs }
}

/** Waits a little for the executor to be computing. */
async function computing(pid: number): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if (stateOf(pid) === 'R') return true
    await after(2)
  }
  return false
}

async function conclude(
  server: ServerProcess,
  steppers: Stepper[],
  { ends, undisturbed, rest }: { ends: End[]; undisturbed: number; rest: number },
): Promise<KillReport> {
  const reports = steppers.map(({ report }) => report)
  const total = (pick: (report: StepperReport) => number) =>
    reports.reduce((sum, report) => sum + pick(report), 0)
  const report = {
    killed: summary(ends.filter(({ wedge }) => !wedge)),
    wedged: summary(ends.filter(({ wedge }) => wedge)),
    sessions: { socket: steppers.length - rest, rest },
    commits: total(({ commits }) => commits),
    episodes: total(({ episodes }) => episodes),
    repeatedSteps: total(({ repeated }) => repeated),
    refused: sumByKey(reports.map(({ refused }) => refused)),
    undisturbedDeviation: undisturbed,
    deviation: deviationOf(steppers),
  }
  const wrong = reports.flatMap((one) => one.wrong)
  return { ...report, failures: [...wrong, ...judge(report), ...(await judgeServer(server, report))] }
}

const deviationOf = (steppers: Stepper[]): number =>
  Math.max(...steppers.map(({ report }) => report.deviation))

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
  const { killed, wedged, refused, deviation, undisturbedDeviation } = report
  const failures: string[] = []
  const expect = (right: boolean, otherwise: string) => void (right || failures.push(otherwise))
  expect(killed.gapMs.max <= MOST_GAP_MS, `a session stood still for ${killed.gapMs.max} ms after a kill`)
  const most = MOST_GAP_MS + EXECUTOR_TIMEOUT_MS
  expect(wedged.gapMs.max <= most, `a session stood still for ${wedged.gapMs.max} ms after a wedge`)
  const mostDeviation = Math.max(MOST_DEVIATION, MOST_OVER_UNDISTURBED * undisturbedDeviation)
  expect(deviation <= mostDeviation, `an episode differs by ${deviation} from its undisturbed run`)
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

async function until(met: () => boolean): Promise<void> {
  const limit = performance.now() + RECOVERY_MS
  while (!met()) {
    if (performance.now() > limit) throw new Error('the sessions do not go on')
    await after(5)
  }
}
