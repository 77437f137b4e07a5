// A run put to checks from flags: opens it, writes reproduce.json, says what was found.
import Type, { type Static } from 'typebox'
import { writeFileAtomic } from '../../common/files.ts'
import { movedFlags } from '../../episodes/sources/flags.ts'
import { currentCommit, RunFolder } from '../../runs/run-folder.ts'
import { openCandidate, openEpisodes, readModel, readWithoutOffset } from './candidates.ts'
import type { Check } from './checks.ts'
import { explainMisses, findingsTable } from './findings-table.ts'
import { type CheckResult, missed, parseChecks, reproduce } from './reproduce.ts'
import { isReference, type Subject } from './subject.ts'

export const ReproduceFlags = Type.Object(
  {
    run: Type.String({
      default: 'runs/halfcheetah-2x3-small-seed1',
      description: 'run folder; may stand without its flag, first',
    }),
    checks: Type.String({ default: '', description: 'numbers of method.md 9, as 7,8; all that can be run' }),
    withoutOffset: Type.String({
      default: '',
      description: 'run folder of the same trained without offset noise, for check 10',
    }),
    reportOnly: Type.Boolean({ default: false, description: 'exit code 0 also where a check is missed' }),
    episodes: Type.Integer({
      default: 40,
      minimum: 1,
      description: "fresh episodes, of the run's policy if it has one, or held-out ones of a data set",
    }),
    segments: Type.Integer({ default: 2000, minimum: 2, description: 'segments drawn from them' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'seed of episodes, segments and noise' }),
    ...movedFlags,
  },
  { additionalProperties: false },
)
export type ReproduceFlags = Static<typeof ReproduceFlags>

/** Whether no figure missed its range. @param say gets what a person should read, line by line */
export async function reproduceCommand(
  flags: ReproduceFlags,
  say: (text: string) => void,
  onCheck?: (check: Check) => void,
): Promise<boolean> {
  const checks = parseChecks(flags.checks)
  const subject = await openSubject(flags)
  const results = await reproduce(subject, checks, onCheck)
  await subject.simulator.close()
  await subject.withoutOffset?.simulator.close()
  const file = new RunFolder(flags.run).file('reproduce.json')
  writeFileAtomic(file, `${JSON.stringify(reportOf(subject, results), null, 2)}\n`)
  say(findingsTable(results))
  if (!subject.reference) say('method.md has no figures for this data: ranges that depend on it are left out')
  for (const line of explainMisses(results)) say(line)
  say(`written: ${file}`)
  return missed(results).length === 0
}

const reportOf = ({ episodes, segments, seed, reference }: Subject, results: CheckResult[]) => ({
  commit: currentCommit(),
  episodes: episodes.length,
  segments,
  seed,
  reference,
  results,
})

async function openSubject(flags: ReproduceFlags): Promise<Subject> {
  const model = await readModel(flags.run)
  const other = flags.withoutOffset ? await readWithoutOffset(flags.withoutOffset, model) : undefined
  return {
    ...(await openCandidate(model)),
    ...(other ? { withoutOffset: await openCandidate(other) } : {}),
    episodes: await openEpisodes(model, flags),
    segments: flags.segments,
    seed: flags.seed,
    reference: isReference(model),
  }
}
