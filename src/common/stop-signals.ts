// SIGINT, SIGTERM and SIGHUP: the first asks a program to stop, the next one ends it at once.
import { constants } from 'node:os'

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type StopSignal = (typeof STOP_SIGNALS)[number]

/** What shells report of a program that a signal has ended: 130 for Ctrl-C. */
export const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal]

/** Under npm Ctrl-C comes twice, from the terminal and from npm, which passes it on: both are one wish. */
const ONE_WISH_MS = 300

/** Calls `stop` once. It is the caller's to end the process. */
export function onStopSignal(stop: (signal: StopSignal) => void): void {
  let askedAt: number | undefined
  const receive = (signal: StopSignal) => {
    const now = performance.now()
    if (askedAt === undefined) {
      askedAt = now
      stop(signal)
    } else if (now - askedAt > ONE_WISH_MS) process.exit(exitCodeOf(signal))
  }
  for (const signal of STOP_SIGNALS) process.on(signal, receive)
}

/** For programs that have nothing to finish: what they do at `exit`, such as ending their children, is done. */
export const exitOnStopSignal = (): void => onStopSignal((signal) => process.exit(exitCodeOf(signal)))

/** For children: a terminal or a service manager signals the whole group, but they end when their parent says so. */
export function ignoreStopSignals(): void {
  for (const signal of STOP_SIGNALS) process.on(signal, () => {})
}

/** Longer ones would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Ends the process once everything is closed, with exit code 1 if that fails or takes longer than `limitMs`. */
export async function exitAfter(close: () => Promise<void>, limitMs: number, code = 0): Promise<never> {
  const late = setTimeout(
    () => {
      console.error(`not closed after ${limitMs} ms`)
      process.exit(1)
    },
    Math.min(limitMs, LONGEST_TIMER_MS),
  )
  try {
    await close()
    process.exit(code)
  } catch (error) {
    console.error(error)
    process.exit(1)
  } finally {
    clearTimeout(late)
  }
}
