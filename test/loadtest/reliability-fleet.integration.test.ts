// Servers of a fleet are killed, one loses its store and the store a second, while sessions go on: a short form of npm run reliability -- --fleet.
import { expect, test } from 'vitest'
import { missing, runFleet } from '../../loadtest/reliability/fleet/run.ts'

/** Timings are for the long form: others may need the cores here. */
const PATIENT_MS = 20_000

test.skipIf(missing)(
  `sessions go on at other servers, and no step is lost, done twice or different${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const counts = { kill: 1, freeze: 0, cut: 1, drain: 0, rollback: 1 }
    const report = await runFleet({ sessions: 4, counts, seed: 1, mostGapMs: PATIENT_MS, log: () => {} })
    expect(report).toMatchObject({ failures: [], lost: 0, twice: 0, unequal: 0 })
    expect(report.faults).toMatchObject({ kill: { count: 1 }, cut: { count: 1 }, rollback: { count: 1 } })
    expect(report.rewound).toBeGreaterThan(0)
    expect(report.steps).toBeGreaterThan(4 * 20)
  },
)
