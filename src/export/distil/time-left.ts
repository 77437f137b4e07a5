// Progress of what takes minutes, a line now and then with the time that is left.
import { duration } from '../../runs/progress.ts'

const EVERY_MS = 10_000

/** @param say gets the lines */
export function timeLeft(say: (line: string) => void, now = () => performance.now()) {
  let [current, began, next] = ['', 0, 0]
  return (what: string, done: number): void => {
    const at = now()
    if (what !== current) [current, began, next] = [what, at, at + EVERY_MS]
    if (at < next || done <= 0) return
    next = at + EVERY_MS
    const left = ((at - began) / 1000) * (1 / done - 1)
    say(`${what} ${(100 * done).toFixed(0)} %, ${duration(left)} left`)
  }
}
