// Who goes beside the imagined robot: the true one, and ghosts.
import type { ModelDetail } from '../../api/models.ts'
import type { DimaStream } from '../../client/stream.ts'
import type { StreamSession } from '../../client/stream-session.ts'
import type { Mixer } from '../actors/mixer.ts'
import type { Body } from '../body/body.ts'
import type { Tape } from '../tape/tape.ts'
import { type Fork, GhostTrack } from './ghost-track.ts'
import type { Outside } from './outside.ts'
import { TruthTrack } from './truth-track.ts'

/** They may be so many entries behind before the robot waits for them. */
const MOST_BEHIND = 3

export interface Surroundings {
  readonly model: ModelDetail
  readonly body: Body | undefined
  readonly tape: Tape
  readonly mixer: Mixer
  readonly deviations: readonly number[]
  readonly outside: Outside
  /** hears of every entry, and in words of what went wrong */
  told(trouble?: string): void
}

export class Company {
  ghosts: GhostTrack | undefined
  truthState: 'off' | 'loading' | 'on' = 'off'
  truthTrouble = ''
  private truth: TruthTrack | undefined
  private readonly around: Surroundings

  constructor(around: Surroundings) {
    this.around = around
  }

  /** How many entries they are behind the imagined robot. */
  get behind(): number {
    return Math.max(this.ghosts?.behind ?? 0, this.truth?.behind ?? 0)
  }

  get late(): boolean {
    return this.behind > MOST_BEHIND
  }

  /** An episode begins at an entry. */
  begin(entry: number): void {
    this.truth?.begin(entry)
  }

  /** @param actions [N][A] that led to the entry */
  follow(entry: number, actions: number[][]): void {
    this.truth?.follow(entry, actions)
    this.ghosts?.follow(entry, actions)
  }

  fork(stream: DimaStream, sessions: readonly StreamSession[], kind: Fork): void {
    const { tape, body, deviations, mixer, told } = this.around
    const motors = mixer.controls
      .flat()
      .flatMap((control) => (control.kind === 'number' ? [control.entry] : []))
    this.ghosts = new GhostTrack({
      stream,
      sessions,
      kind,
      tape,
      body,
      deviations,
      motors,
      range: mixer.range,
      told: (trouble) => told(trouble && `The futures are gone: ${trouble}`),
    })
  }

  clearGhosts(): void {
    this.ghosts?.close()
    this.ghosts = undefined
  }

  /** @param between does something while no step is in flight */
  async openTruth(between: (work: () => Promise<void>) => Promise<void>): Promise<void> {
    const { model, tape, body, deviations, outside, told } = this.around
    this.truthState = 'loading'
    this.truthTrouble = ''
    try {
      const truth = await outside.openTruth(model.environment)
      await between(async () => {
        if (this.truthState !== 'loading') return truth.close()
        this.truth = new TruthTrack(truth, tape, body, deviations, told)
        if (tape.end > 0) this.truth.begin(tape.end - 1)
        this.truthState = 'on'
      })
    } catch (error) {
      this.truthState = 'off'
      this.truthTrouble = (error as Error).message
    }
  }

  /** Whether the true episode has ended before the imagined one. */
  get truthEnded(): boolean {
    return this.truth?.ended ?? false
  }

  /** The true robot is drawn where the imagined one is at an entry. */
  meet(entry: number): void {
    this.truth?.meet(entry)
  }

  closeTruth(): void {
    this.truth?.close()
    this.truth = undefined
    this.truthState = 'off'
  }

  /** When the true robot has come as far as it was asked to. */
  async settled(): Promise<void> {
    await this.truth?.settled()
  }

  close(): void {
    this.clearGhosts()
    this.closeTruth()
  }
}
