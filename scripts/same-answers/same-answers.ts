// npm run same-answers -- --base REV: two servers on this machine, of that revision and of this working tree, both with
// the models folder of that revision, are asked the same; every number must have the same bits. Exit code 1 where not.
// With --record FILE that revision alone is asked, and what it answers is kept for test/shipped-model.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { withServer } from '../../loadtest/reliability/server-process.ts'
import { runCommand } from '../../src/common/command.ts'
import { commitOf, ROOT, withRevision } from '../revision.ts'
import { type Answers, answersOf, leaves } from './questions.ts'
import { type RecordedAnswers, thin } from './recorded.ts'

const Flags = Type.Object(
  {
    base: Type.String({ default: 'HEAD', description: 'git revision to compare with' }),
    record: Type.String({
      default: '',
      description: 'compare nothing: write what that revision answers to this file',
    }),
  },
  { additionalProperties: false },
)

async function main({ base, record }: Static<typeof Flags>): Promise<void> {
  await withRevision(base, async (checkout) => {
    const models = join(checkout, 'models')
    const before = await answers(checkout, models)
    if (record) keep(record, commitOf(base), before)
    else tell(before.answers, (await answers(ROOT, models, before.snapshots)).answers)
  })
}

function keep(file: string, commit: string, { answers, snapshots }: Awaited<ReturnType<typeof answersOf>>) {
  const recorded: RecordedAnswers = { commit, answers: thin(answers), snapshots }
  writeFileSync(file, `${JSON.stringify(recorded)}\n`)
}

function tell(before: Answers, now: Answers): void {
  const differences = compare(before, now)
  for (const line of differences) console.log(line)
  console.log(`${Object.keys(before).length} questions, ${differences.length} answered otherwise`)
  if (differences.length > 0) process.exitCode = 1
}

const answers = (root: string, models: string, snapshots?: Record<string, string>) =>
  withServer({ root, settings: { MODELS: models, EXECUTORS: '1' } }, ({ url }) => answersOf(url, snapshots))

function compare(before: Answers, now: Answers): string[] {
  return Object.keys(before).flatMap((question) => {
    const [a, b] = [before[question], now[question]].map((answer) => leaves(answer))
    if (a!.length !== b!.length) return `${question}: ${a!.length} numbers before, ${b!.length} now`
    const wrong = a!.findIndex((value, i) => !Object.is(value, b![i]))
    return wrong < 0 ? [] : `${question}: number ${wrong} of ${a!.length} was ${a![wrong]}, is ${b![wrong]}`
  })
}

runCommand('same-answers', Flags, main)
