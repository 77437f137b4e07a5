// What a plot shows: a window of the tape as columns, in arrays that are made once.
import type { GhostTape } from '../tape/ghost-tape.ts'
import type { Line, Tape } from '../tape/tape.ts'

export type Column = (number | null)[]

/** What is drawn: a line of the tape; an entry of the state, imagined or true; the least or greatest among ghosts. */
export type Of =
  | { readonly line: Line }
  | { readonly state: number; readonly of: 'imagined' | 'truth' }
  /** entry of the state, -1: the reward */
  | { readonly ghosts: number; readonly end: 0 | 1 }

export interface Window {
  readonly from: number
  /** the last entry that is shown */
  readonly to: number
}

/** Entries that are shown at once. */
export const SPAN = 240

/** The latest, or, of a place further back, those around it. */
export function windowAt(tape: Pick<Tape, 'first' | 'end'>, playhead: number, span = SPAN): Window {
  const last = tape.end - 1
  const to = playhead >= last - span ? last : Math.min(last, Math.ceil(playhead + span / 2))
  return { from: Math.max(tape.first, to - span), to }
}

export class Columns {
  /** seconds, then a column for each line */
  readonly data: [number[], ...Column[]]
  private readonly lines: readonly Of[]
  private readonly stepSeconds: number

  constructor(lines: readonly Of[], stepSeconds: number) {
    this.lines = lines
    this.stepSeconds = stepSeconds
    this.data = [
      Array<number>(SPAN + 1).fill(0),
      ...lines.map(() => Array<number | null>(SPAN + 1).fill(null)),
    ]
  }

  fill(tape: Tape, ghosts: GhostTape | undefined, { from, to }: Window): void {
    const length = Math.max(0, to - from + 1)
    for (const column of this.data) column.length = length
    for (let i = 0; i < length; i++) {
      this.data[0][i] = (from + i) * this.stepSeconds
      for (const [k, of] of this.lines.entries())
        this.data[k + 1]![i] = known(numberAt(of, tape, ghosts, from + i))
    }
  }
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null)

function numberAt(of: Of, tape: Tape, ghosts: GhostTape | undefined, entry: number): number {
  if ('line' in of) return tape.at(of.line, entry)
  if ('ghosts' in of) return ghosts?.has(entry) ? ghosts.edge(entry, of.ghosts, of.end) : Number.NaN
  if (of.of === 'imagined') return tape.state(entry)[of.state]!
  return tape.hasTruth(entry) ? tape.truth(entry)[of.state]! : Number.NaN
}
