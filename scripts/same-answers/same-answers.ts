// npm run same-answers -- --base REV: two servers on this machine, of that revision and of this working tree, both with
// the models folder of that revision, are asked the same; every number must have the same bits. Exit code 1 where not.
// With --record FILE that revision alone is asked, and what it answers is kept for test/shipped-model.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { withServer } from '../../loadtest/reliability/server-process.ts'
import { runCommand } from '../../src/common/command.ts'
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

const ROOT = resolve(import.meta.dirname, '../..')
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })

async function main({ base, record }: Static<typeof Flags>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'same-answers-'))
  const checkout = join(folder, 'base')
  git('worktree', 'add', '--detach', checkout, base)
  try {
    bringPackages(checkout)
    const models = join(checkout, 'models')
    const before = await answers(checkout, models)
    if (record) keep(record, git('rev-parse', base).toString().trim(), before)
    else tell(before.answers, (await answers(ROOT, models, before.snapshots)).answers)
  } finally {
    git('worktree', 'remove', '--force', checkout)
    rmSync(folder, { recursive: true, force: true })
  }
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

/** Ours where that revision wants the same, else its own. */
function bringPackages(checkout: string): void {
  const lock = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (lock(checkout) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'))
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: checkout, stdio: 'ignore' })
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
