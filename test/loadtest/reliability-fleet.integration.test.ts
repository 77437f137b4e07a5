// Servers of a fleet are killed, one loses its store and the store a second, while sessions go on: a short form of npm run reliability -- --fleet.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { missing, runFleet } from '../../loadtest/reliability/fleet/run.ts'
import { Rng } from '../../src/common/rng.ts'
import { publishSubject, SUBJECTS } from '../worlds/subjects.ts'

/** Timings are for the long form: others may need the cores here. */
const PATIENT_MS = 20_000

test.skipIf(missing)(
  `sessions go on at other servers, and no step is lost, done twice or different${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const models = await mkdtemp(join(tmpdir(), 'fleet-'))
    onTestFinished(() => rm(models, { recursive: true }))
    const tiny = SUBJECTS.mamba!()
    const state = [...new Rng(1, 'state').normals(tiny.spec.state.length)]
    await publishSubject(models, 'tiny', tiny, [{ states: [state], actions: [] }])
    const soFar: { failures: string[] }[] = []
    const counts = { kill: 1, freeze: 0, cut: 1, drain: 0, rollback: 1, restart: 0, wipe: 0 }
    const report = await runFleet({
      models,
      sessions: 4,
      counts,
      seed: 1,
      mostGapMs: PATIENT_MS,
      log: () => {},
      record: (one) => soFar.push(one),
    })
    expect(report).toMatchObject({ failures: [], lost: 0, twice: 0, unequal: 0 })
    for (const fault of ['kill', 'cut: drop', 'rollback'])
      expect(report.faults[fault]).toMatchObject({ count: 1 })
    expect(soFar.map(({ failures }) => failures.at(-1))).toEqual(
      [1, 2, 3].map((n) => `ended after ${n} of 3 faults`),
    )
    expect(report.rewound).toBeGreaterThan(0)
    expect(report.steps).toBeGreaterThan(4 * 20)
  },
)
