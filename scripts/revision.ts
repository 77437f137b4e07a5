// Another revision of this project, checked out beside this one for as long as something is compared with it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** This checkout. */
export const ROOT = resolve(import.meta.dirname, '..')

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })

export const commitOf = (revision: string): string =>
  git('rev-parse', `${revision}^{commit}`).toString().trim()

/** @param use is given the folder, which is removed afterwards, whatever happens */
export async function withRevision<T>(revision: string, use: (root: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'revision-'))
  const checkout = join(folder, 'base')
  git('worktree', 'add', '--detach', checkout, revision)
  try {
    bringPackages(checkout)
    return await use(checkout)
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
