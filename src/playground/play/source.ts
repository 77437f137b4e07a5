// Where the next step comes from: whoever acts now, or an earlier run that is done again.
import { HeldKeys } from '../actors/held-keys.ts'
import type { Mixed, Mixer } from '../actors/mixer.ts'
import type { Pad } from '../actors/pad.ts'
import type { Segment } from './recording.ts'

export class Source {
  readonly mixer: Mixer
  readonly keys = new HeldKeys()
  /** of an earlier run: the episodes that are left, the first of them begun */
  private segments: Segment[] = []
  private count = 0

  constructor(mixer: Mixer) {
    this.mixer = mixer
  }

  /** Steps that are left of an earlier run. */
  get left(): number {
    return this.segments.reduce((sum, { steps }) => sum + steps.length, 0)
  }

  get replays(): boolean {
    return this.segments.length > 0
  }

  /** @param segments are used up */
  replay(segments: Segment[]): void {
    this.segments = segments.map(({ steps, ...segment }) => ({ ...segment, steps: [...steps] }))
  }

  /** The episode to begin with, or with which to go on when the one before has no steps left. */
  get episode(): Segment | undefined {
    return this.segments[0]
  }

  /** Whether the episode of an earlier run has no steps left. */
  get exhausted(): boolean {
    return this.segments[0]?.steps.length === 0
  }

  /** The episode is done; returns whether there is another. */
  endEpisode(): boolean {
    this.segments.shift()
    return this.segments.length > 0
  }

  drop(): void {
    this.segments = []
  }

  next(pad: Pad | undefined, seed: number): Mixed {
    this.count++
    return this.segments[0]?.steps.shift() ?? this.mixer.next({ down: this.keys.down, pad }, seed, this.count)
  }

  /** What was asked for and not taken is done again as it was, if it is of an earlier run. */
  giveBack(steps: readonly Mixed[]): void {
    this.segments[0]?.steps.unshift(...steps)
  }
}
