// npm run reliability: kills executors, sends nonsense, lets clients misbehave for minutes. Starts its own servers on
// this machine with the models of the models folder; fails when anything fails that was asked of them.

import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Type, { type Static } from 'typebox'
import { runCommand } from '../../src/common/command.ts'
import { DimaError } from '../../src/common/errors.ts'
import { writeFileAtomic } from '../../src/common/files.ts'
import { exitOnStopSignal } from '../../src/common/stop-signals.ts'
import { commandLine, provenance } from '../record.ts'
import { runBundles } from './bundles.ts'
import { runFairness } from './fairness.ts'
import { runFleet } from './fleet/run.ts'
import { fuzzServer } from './fuzz.ts'
import { runKills } from './kill.ts'
import { proveLeakIsSeen, runSoak } from './soak.ts'
import { runStalls } from './stalls.ts'

const part = (description: string) => Type.Boolean({ default: false, description })
const count = (fallback: number, description: string) =>
  Type.Integer({ default: fallback, minimum: 0, description })

const Flags = Type.Object(
  {
    kill: part('kill and stop executors in the middle of steps'),
    fuzz: part('malformed requests, frames and bytes'),
    fairness: part('two keys, of which one floods the server'),
    soak: part('minutes of clients that misbehave; memory must stay flat'),
    bundles: part('hostile bundles in the models folder; what is good is served as if they were not there'),
    leak: part('the soak against a server that leaks on purpose, which must be noticed'),
    stalls: part('bodies and frames that are costly to read; others must not wait for them'),
    fleet: part(
      'three servers, a store and HAProxy, all of which are ended, frozen, cut off or drained; needs redis-server and haproxy',
    ),
    seed: count(1, 'of everything that is drawn'),
    kills: count(100, 'executors that are ended, every tenth by SIGSTOP'),
    sessions: count(32, 'that step meanwhile, a quarter of them over REST'),
    serverKills: count(50, 'servers of the fleet that are ended by SIGKILL and started again'),
    freezes: count(10, 'of its servers, by SIGSTOP for five seconds'),
    cuts: count(10, 'between one of its servers and the store, for three seconds'),
    drains: count(5, 'of its servers, by SIGTERM, before they are started again'),
    rollbacks: count(3, 'of the store by a second, each with the end of a server by SIGKILL'),
    restarts: count(4, 'of the store from its log after SIGKILL, each with the end of a server by SIGKILL'),
    wipes: count(3, 'of the store: SIGKILL, and it starts without anything'),
    cases: count(20_000, 'of the fuzzer'),
    first: count(0, 'number of its first case: a case is a function of seed and number'),
    minutes: Type.Number({ default: 10, exclusiveMinimum: 0, description: 'of the soak' }),
    out: Type.String({
      default: 'bench/reliability.json',
      description: 'where to write the figures; parts that were not run stay as they are',
    }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

interface Report {
  failures: string[]
}

const log = (line: string) => console.error(line)
/** Enough executors wedge for a figure, and the run does not wait for them all the time. */
const WEDGE_EVERY = 10
/** That a session of the fleet may stand still, whatever happens. */
const MOST_FLEET_GAP_MS = 2000

const PARTS: Record<string, { wanted: (flags: Flags) => boolean; run: (flags: Flags) => Promise<Report> }> = {
  kill: {
    wanted: ({ kill }) => kill,
    run: ({ kills, sessions, seed }) => runKills({ kills, sessions, seed, wedgeEvery: WEDGE_EVERY, log }),
  },
  fuzz: {
    wanted: ({ fuzz }) => fuzz,
    run: ({ cases, first, seed }) => fuzzServer({ cases, first, seed, callers: 8, checkEvery: 500, log }),
  },
  fairness: {
    wanted: ({ fairness }) => fairness,
    run: () => runFairness({ log }),
  },
  soak: {
    wanted: ({ soak }) => soak,
    run: ({ minutes, seed }) => runSoak({ minutes, seed, leak: false, log }),
  },
  bundles: {
    wanted: ({ bundles }) => bundles,
    run: ({ seed }) => runBundles({ seed, log }),
  },
  leak: {
    wanted: ({ leak }) => leak,
    run: ({ minutes, seed }) => proveLeakIsSeen({ minutes, seed, log }),
  },
  fleet: {
    wanted: ({ fleet }) => fleet,
    run: ({
      sessions,
      seed,
      serverKills: kill,
      freezes: freeze,
      cuts: cut,
      drains: drain,
      rollbacks: rollback,
      restarts: restart,
      wipes: wipe,
      out,
    }) =>
      runFleet({
        sessions,
        seed,
        counts: { kill, freeze, cut, drain, rollback, restart, wipe },
        mostGapMs: MOST_FLEET_GAP_MS,
        log,
        record: (soFar) => write(out, 'fleet', soFar),
      }),
  },
  stalls: { wanted: ({ stalls }) => stalls, run: () => runStalls({ log }) },
}

async function main(flags: Flags): Promise<void> {
  const wanted = Object.entries(PARTS).filter(([, one]) => one.wanted(flags))
  if (wanted.length === 0)
    throw new DimaError(
      'invalid_config',
      'name what to run: --kill, --fuzz, --fairness, --soak, --bundles, --leak, --stalls, --fleet (see --help)',
    )
  for (const [name, one] of wanted) {
    log(`${name} ...`)
    const report = await one.run(flags)
    write(flags.out, name, report)
    console.log(`${name}: ${JSON.stringify(report, null, 2)}`)
    console.log(report.failures.length === 0 ? `${name} passed` : `${name} FAILED`)
    if (report.failures.length > 0) process.exitCode = 1
  }
  log(`written to ${flags.out}`)
}

/** Every part says when and from what commit it is. */
function write(path: string, name: string, report: object): void {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  mkdirSync(dirname(path), { recursive: true })
  const whole = { ...before, [name]: { ...provenance(commandLine()), ...report } }
  writeFileAtomic(path, `${JSON.stringify(whole, null, 2)}\n`)
}

exitOnStopSignal() // so that the servers it has started end with it
runCommand('reliability', Flags, main)
