// npm run reproduce: the checks of dima.md 9 on a run; table, reproduce.json, exit code 1 where one is missed.
import Type, { type Static } from 'typebox'
import { runCommand } from '../../common/command.ts'
import { writeFileAtomic } from '../../common/files.ts'
import { openCandidate, readWithoutOffset, unseenEpisodes } from '../reproduce/candidates.ts'
import { explainMisses, findingsTable } from '../reproduce/findings-table.ts'
import { missed, parseChecks, reproduce } from '../reproduce/reproduce.ts'
import { isReference, type Subject } from '../reproduce/subject.ts'
import { currentCommit, RunFolder } from '../run-folder.ts'
import { movedFlags } from '../sources/flags.ts'
import { readTrainedModel } from '../trained-model.ts'

const ReproduceFlags = Type.Object(
  {
    run: Type.String({
      default: 'runs/halfcheetah-2x3-small-seed1',
      description: 'run folder; may stand without its flag, first',
    }),
    checks: Type.String({ default: '', description: 'numbers of dima.md 9, as 7,8; all that can be run' }),
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
type ReproduceFlags = Static<typeof ReproduceFlags>

async function main(flags: ReproduceFlags): Promise<void> {
  const checks = parseChecks(flags.checks)
  const subject = await openSubject(flags)
  const results = await reproduce(subject, checks, ({ number, title }) =>
    console.error(`check ${number}: ${title}`),
  )
  await subject.simulator.close()
  await subject.withoutOffset?.simulator.close()
  const { episodes, segments, seed, reference } = subject
  const report = { commit: currentCommit(), episodes: episodes.length, segments, seed, reference, results }
  const file = new RunFolder(flags.run).file('reproduce.json')
  writeFileAtomic(file, `${JSON.stringify(report, null, 2)}\n`)
  console.log(findingsTable(results))
  if (!reference)
    console.log('\ndima.md has no figures for this data: thresholds that depend on it are left out')
  for (const line of explainMisses(results)) console.log(line)
  console.log(`written: ${file}`)
  if (missed(results).length > 0 && !flags.reportOnly) process.exitCode = 1
}

async function openSubject(flags: ReproduceFlags): Promise<Subject> {
  const model = readTrainedModel(flags.run)
  const other = flags.withoutOffset ? readWithoutOffset(flags.withoutOffset, model) : undefined
  return {
    ...(await openCandidate(model)),
    ...(other ? { withoutOffset: await openCandidate(other) } : {}),
    episodes: await unseenEpisodes(model, flags),
    segments: flags.segments,
    seed: flags.seed,
    reference: isReference(model),
  }
}

/** `npm run reproduce -- runs/x` is short for `--run runs/x`. */
function argumentsOf([first, ...rest]: string[]): string[] {
  if (first === undefined) return []
  return first.startsWith('-') ? [first, ...rest] : ['--run', first, ...rest]
}

runCommand('reproduce', ReproduceFlags, main, argumentsOf(process.argv.slice(2)))
