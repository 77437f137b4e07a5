// Executors are killed and stopped in the middle of steps while sessions go on. Nothing may be lost, done twice or come
// out differently, and everyone goes on within seconds.
import { setTimeout as after } from 'node:timers/promises'
import { Rng } from '../../src/common/rng.ts'
import { type Door, restDoor, socketDoor } from './door.ts'
import { conclude, type End, EXECUTOR_TIMEOUT_MS, type KillReport } from './kill-report.ts'
import { modelOf } from './model.ts'
import { stateOf } from './processes.ts'
import { offAndOn } from './readiness.ts'
import { type ServerProcess, withServer } from './server-process.ts'
import { episodesOf, Stepper } from './stepper.ts'
import { totalsOf } from './totals.ts'

export interface KillOptions {
  kills: number
  /** every so many-th executor is not killed but stopped, which looks like a wedge; 0: none */
  wedgeEvery: number
  sessions: number
  seed: number
  /** a folder of models, of which the default one is played; without it the server's own */
  models?: string
  log: (line: string) => void
}

const EPISODES = 2
/** Each episode is played so often before the first kill: once to know it, once to see whether it varies by itself. */
const UNDISTURBED = 2
const EPISODE_STEPS = 15
/** One of so many sessions is over REST. */
const REST_SHARE = 4
const PATIENCE_MS = 1000
const RECOVERY_MS = 60_000

const SETTINGS = { EXECUTORS: '2', EXECUTOR_TIMEOUT_MS: String(EXECUTOR_TIMEOUT_MS), LOG_LEVEL: 'info' }

export function runKills(options: KillOptions): Promise<KillReport> {
  const settings = options.models ? { ...SETTINGS, MODELS: options.models } : SETTINGS
  return withServer({ settings }, (server) => killOften(server, options))
}

async function killOften(server: ServerProcess, options: KillOptions): Promise<KillReport> {
  const { sessions, seed, log } = options
  const steppers = await openSteppers(server, sessions, seed)
  const ending = new AbortController()
  const running = Promise.all(steppers.map((stepper) => stepper.run(ending.signal)))
  const enough = UNDISTURBED * EPISODES
  await until(() => steppers.every(({ report }) => report.episodes >= enough || report.wrong.length > 0))
  const undisturbed = totalsOf(steppers).deviation
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

async function until(met: () => boolean): Promise<void> {
  const limit = performance.now() + RECOVERY_MS
  while (!met()) {
    if (performance.now() > limit) throw new Error('the sessions do not go on')
    await after(5)
  }
}
