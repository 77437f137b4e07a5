// Child processes that must not outlive this one, however it ends. A child notices by itself that its parent is gone
// only when it gets to look: not inside a long computation, and not while it is stopped. So a shell waits beside us for
// the end of a pipe that only we hold open, and then kills those that are left, which nothing can keep from happening.
import { type ChildProcess, spawn } from 'node:child_process'

/** Shell program that is told `+ pid` and `- pid`; what a terminal sends to everyone is not for it. */
const GUARD = `
trap '' INT TERM HUP
while read -r sign pid; do
  case "$sign" in
    +) pids="$pids $pid" ;;
    -) left=; for one in $pids; do [ "$one" = "$pid" ] || left="$left $one"; done; pids="$left" ;;
  esac
done
[ -z "$pids" ] || kill -9 $pids`

/** So many guards in a row may end at once; then there is none until another child is started. */
const MOST_FAILURES = 5
const AT_ONCE_MS = 1000

const guarded = new Set<number>()
let guard: ChildProcess | undefined
let failures = 0

/** Kills the child when this process ends, whatever either of them does. Needs a POSIX shell; elsewhere nothing happens. */
export function endWithUs(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined || process.platform === 'win32') return
  guarded.add(pid)
  if (guard) tell(`+ ${pid}`)
  else startGuard()
  child.once('exit', () => {
    guarded.delete(pid)
    tell(`- ${pid}`)
  })
}

function startGuard(): void {
  const shell = spawn('/bin/sh', ['-c', GUARD], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  guard = shell
  const started = performance.now()
  const again = () => {
    if (guard !== shell) return
    guard = undefined
    failures = performance.now() - started < AT_ONCE_MS ? failures + 1 : 0
    if (guarded.size > 0 && failures < MOST_FAILURES) startGuard()
  }
  shell.once('exit', again)
  shell.once('error', () => {}) // no shell: `guard` stays, and nothing is tried again
  shell.stdin.on('error', () => {}) // it has ended, which `exit` tells
  shell.unref() // it is no reason to go on
  ;(shell.stdin as unknown as { unref(): void }).unref()
  for (const pid of guarded) tell(`+ ${pid}`)
}

function tell(line: string): void {
  guard?.stdin?.write(`${line}\n`)
}
