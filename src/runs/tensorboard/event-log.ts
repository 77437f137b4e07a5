// The event file of a run folder: for every line of metrics.jsonl one event, in the same order. So both are rewound to the same
// place, and a run has no step twice, whatever reads the file. What was rewound is a file of another name, with all that
// was kept: a TensorBoard that has the old one open would not notice a change in it.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { appendTo } from '../../common/files.ts'
import type { MetricLine } from '../../learning/learner.ts'
import { firstEvent, scalarEvent } from './event.ts'
import { recordEnds } from './records.ts'
import { scalarsOf } from './scalars.ts'

/** TensorBoard finds them by `tfevents`; the number is the second in which the file began. */
const OWN = /^events\.out\.tfevents\.(\d+)\.dima$/
const nameOf = (second: number): string => `events.out.tfevents.${second}.dima`

export class EventLog {
  private readonly folder: string
  /** the name of the file that grows, once it is known */
  private current: string | undefined

  /** @param folder there is one once something is written or rewound */
  constructor(folder: string) {
    this.folder = folder
  }

  append(line: MetricLine): void {
    this.current ??= this.files().at(-1) ?? this.begin([])
    appendTo(join(this.folder, this.current), eventOf(line))
  }

  /** Keeps the events of these lines, the first ones, and writes those of them that are missing. */
  rewind(lines: readonly MetricLine[]): void {
    const files = this.files()
    const latest = files.at(-1)
    const file = latest ? readFileSync(join(this.folder, latest)) : Buffer.alloc(0)
    const ends = recordEnds(file).slice(0, lines.length + 1) // the first event is of no line
    const events = ends.length === 0 ? lines : lines.slice(ends.length - 1)
    const isWhole = events.length === 0 && ends.at(-1) === file.length
    this.current = latest
    if (!isWhole && (latest || lines.length > 0))
      this.current = this.begin(events, file.subarray(0, ends.at(-1) ?? 0), latest)
    for (const name of files) if (name !== this.current) rmSync(join(this.folder, name), { force: true })
  }

  /**
   * A file that follows another. Not written aside: TensorBoard reads whatever has `tfevents` in its name; one that was cut
   * off is made whole by the next rewind.
   * @param kept its first events, all but those of `lines`
   */
  private begin(lines: readonly MetricLine[], kept: Uint8Array = new Uint8Array(), after?: string): string {
    const name = nameOf(Math.max(Math.floor(Date.now() / 1000), after ? secondOf(after) + 1 : 0))
    const head = kept.length > 0 ? kept : firstEvent(Date.now() / 1000)
    appendTo(join(this.folder, name), Buffer.concat([head, ...lines.map(eventOf)]))
    return name
  }

  /** The oldest first. */
  private files(): string[] {
    const names = existsSync(this.folder) ? readdirSync(this.folder) : []
    const own = names.filter((name) => OWN.test(name))
    return own.sort((a, b) => secondOf(a) - secondOf(b))
  }
}

const secondOf = (name: string): number => Number(OWN.exec(name)?.[1])

const eventOf = (line: MetricLine): Buffer => scalarEvent(scalarsOf(line), Date.now() / 1000)
