// npm run same-answers -- --base REV: two servers on this machine, of that revision and of this working tree, both with
// the models folder of that revision, are asked the same; every number must have the same bits. Exit code 1 where not.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { startServer } from '../../loadtest/reliability/server-process.ts'
import { runCommand } from '../../src/common/command.ts'
import { type Answers, answersOf } from './questions.ts'

const Flags = Type.Object(
  { base: Type.String({ default: 'HEAD', description: 'git revision to compare with' }) },
  { additionalProperties: false },
)

const ROOT = resolve(import.meta.dirname, '../..')
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })

async function main({ base }: Static<typeof Flags>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'same-answers-'))
  const checkout = join(folder, 'base')
  git('worktree', 'add', '--detach', checkout, base)
  try {
    bringPackages(checkout)
    const models = join(checkout, 'models')
    const before = await answers(checkout, models)
    const now = await answers(ROOT, models, before.snapshots)
    const differences = compare(before.answers, now.answers)
    for (const line of differences) console.log(line)
    console.log(`${Object.keys(before.answers).length} questions, ${differences.length} answered otherwise`)
    if (differences.length > 0) process.exitCode = 1
  } finally {
    git('worktree', 'remove', '--force', checkout)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ours where that revision wants the same, else its own. */
function bringPackages(checkout: string): void {
  const lock = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (lock(checkout) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'))
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: checkout, stdio: 'ignore' })
}

async function answers(root: string, models: string, snapshots?: Record<string, string>) {
  const server = await startServer({ root, settings: { MODELS: models, EXECUTORS: '1' } })
  try {
    return await answersOf(server.url, snapshots)
  } finally {
    await server.stop()
  }
}

function compare(before: Answers, now: Answers): string[] {
  return Object.keys(before).flatMap((question) => {
    const [a, b] = [before[question], now[question]].map((answer) => leaves(answer))
    if (a!.length !== b!.length) return `${question}: ${a!.length} numbers before, ${b!.length} now`
    const wrong = a!.findIndex((value, i) => !Object.is(value, b![i]))
    return wrong < 0 ? [] : `${question}: number ${wrong} of ${a!.length} was ${a![wrong]}, is ${b![wrong]}`
  })
}

const leaves = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]

runCommand('same-answers', Flags, main)
