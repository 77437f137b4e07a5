// Tells a person how far a run is: one line that is rewritten on a terminal, a plain line every few seconds otherwise.

export interface Progress {
  /** for example `epoch 7 imagines` */
  label: string
  /** share of the whole run done, 0..1 */
  done: number
  /** environment steps so far */
  steps: number
  /** return of the last evaluation, where a policy is learned */
  evaluated?: number
  /** last loss by network */
  losses: Readonly<Record<string, number>>
  secondsLeft: number
}

export interface Reporter {
  update(progress: Progress): void
  /** Anything else that goes on; takes the place of the progress. */
  status(text: string): void
  /** A line that stays. */
  note(text: string): void
}

const INTERVAL_MS = { terminal: 200, plain: 15_000 }

export function createReporter(
  stream: NodeJS.WriteStream = process.stderr,
  now = () => performance.now(),
): Reporter {
  const terminal = stream.isTTY === true
  let next = now()
  const clear = terminal ? '\r\x1b[K' : ''
  const seldom = (text: () => string) => {
    if (now() < next) return
    next = now() + (terminal ? INTERVAL_MS.terminal : INTERVAL_MS.plain)
    stream.write(terminal ? clear + fitting(text(), stream.columns) : `${timestamp()} ${text()}\n`)
  }
  return {
    update: (progress) => seldom(() => describe(progress)),
    status: (text) => seldom(() => text),
    note: (text) => void stream.write(terminal ? `${clear}${text}\n` : `${timestamp()} ${text}\n`),
  }
}

/** A line that wraps could not be rewritten. Some terminals don't know their width. */
const fitting = (text: string, columns: number | undefined): string =>
  [...text].slice(0, (columns || 80) - 1).join('')

const timestamp = () => new Date().toISOString().slice(0, 19)

export function describe({ label, done, steps, evaluated, losses, secondsLeft }: Progress): string {
  const named = Object.entries(losses).map(([name, loss]) => `${name} ${loss.toPrecision(3)}`)
  return [
    `${(100 * done).toFixed(1)} %`.padStart(7),
    label.padEnd(20),
    `${steps} steps`,
    `${duration(secondsLeft)} left`,
    ...(evaluated === undefined ? [] : [`return ${Math.round(evaluated) || 0}`]), // never -0
    `loss ${named.join(', ') || '-'}`, // last: what a narrow terminal cuts off
  ].join('  ')
}

/** 3725 -> `1h02m`, 65 -> `1m05s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}h${two(m)}m` : m > 0 ? `${m}m${two(s)}s` : `${s}s`
}
