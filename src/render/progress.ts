// How far a long drawing is: a line that is rewritten on a terminal, a plain line every few seconds otherwise.

const INTERVAL_MS = { terminal: 200, plain: 5000 }

/** `done(n)` after each part; `end()` leaves a terminal's line empty. */
export function progress(what: string, total: number, stream: NodeJS.WriteStream = process.stderr) {
  const interval = stream.isTTY ? INTERVAL_MS.terminal : INTERVAL_MS.plain
  let next = performance.now() + interval
  return {
    done(count: number): void {
      if (performance.now() < next) return
      next = performance.now() + interval
      stream.write(stream.isTTY ? `\r\x1b[K${what} ${count} of ${total}` : `${what} ${count} of ${total}\n`)
    },
    end: (): void => void (stream.isTTY && stream.write('\r\x1b[K')),
  }
}
