// One timer for all sessions: on each tick whoever has been idle too long is closed.

/** A session is closed at most so much after its time; whoever asks for it before is told the same. */
const MOST_DELAY_MS = 1000

/** @returns a function that stops it. A timeout of 0 never closes anything. */
export function startReaper(idleTimeoutMs: number, closeIdle: () => void): () => void {
  if (idleTimeoutMs === 0) return () => {}
  const timer = setInterval(closeIdle, Math.min(MOST_DELAY_MS, Math.ceil(idleTimeoutMs / 4)))
  timer.unref() // open sessions alone keep no process alive
  return () => clearInterval(timer)
}
