// The loop that is called for every picture: how far the drawing has come, and whether another step is asked for.
import type { Company } from './company.ts'
import { InTurn } from './in-turn.ts'
import type { Parts } from './parts.ts'
import type { Planner } from './planner.ts'
import type { Run } from './run.ts'

/** Steps that a hand can be ahead of the robot. */
const MOST_OWED = 20

export interface Looped extends Pick<Parts, 'tape' | 'pace' | 'source' | 'outside'> {
  readonly run: Run
  readonly company: Company
  readonly planner: Planner
  /** of chance */
  seed(): number
  /** The episode of an earlier run has no steps left. */
  exhausted(): void
}

export class Loop {
  playing = false
  /** steps to take while it does not play */
  private owed = 0
  /** after its last step the picture has yet to get there */
  private gliding = false
  /** what has to be done while no step is in flight */
  private holds = 0
  private readonly turns = new InTurn()
  private readonly looped: Looped

  constructor(looped: Looped) {
    this.looped = looped
  }

  /** Whether something is being done between two steps. */
  get held(): boolean {
    return this.holds > 0
  }

  /** Whether single steps are still to be seen. */
  get stepping(): boolean {
    return this.owed > 0 || this.gliding
  }

  owe(): void {
    this.owed = Math.min(MOST_OWED, this.owed + 1)
  }

  /** Nothing more is asked for. */
  rest(): void {
    this.playing = false
    this.owed = 0
    this.gliding = false
    this.looped.pace.pause()
  }

  /** The picture goes on to the last step that there is. */
  glide(): void {
    this.gliding = true
  }

  /** Does something between two steps: when none is in flight, and before another is asked for. One after the other. */
  async between<T>(work: () => Promise<T>): Promise<T> {
    this.holds++
    try {
      return await this.turns.do(async () => {
        await this.looped.run.settled()
        return work()
      })
    } finally {
      this.holds--
    }
  }

  /** @param now ms. Returns whether there is more to come. */
  frame(now: number): boolean {
    const { tape, pace, run, company } = this.looped
    const latest = tape.end - 1 - company.behind // a picture shows all of them at one time
    const behind = pace.playhead < tape.end - 1
    if (this.playing || (behind && this.gliding)) pace.advance(now, latest)
    else pace.pause()
    while (this.wantsStep()) this.send()
    if (!behind && this.owed === 0 && run.flight.steps.length === 0) this.gliding = false
    // Whoever changes the phase has it drawn again.
    return (this.playing || this.stepping) && (behind || run.phase === 'ready')
  }

  private wantsStep(): boolean {
    const { run, pace, source, company, planner } = this.looped
    const { asked } = run
    const inFlight = run.flight.steps.length
    const wanted = this.playing ? pace.wants(asked, inFlight) : this.owed > 0 && inFlight === 0
    if (!wanted || this.held || company.late || run.phase !== 'ready') return false
    if (source.exhausted) {
      if (inFlight === 0) this.looped.exhausted()
      return false
    }
    return source.replays || planner.isReady()
  }

  private send(): void {
    const { run, source, outside, seed } = this.looped
    if (this.owed > 0) {
      this.owed--
      this.gliding = true
    }
    run.step(source.next(outside.pad(), seed()))
  }
}
