// Pictures, as long as anybody wants another, and now and then a word to what shows numbers: ten times a second, and where
// pictures come slowly with every fourth, so that the robot has what there is of the machine.
import { Watched } from '../watched.ts'

const SLOW_MS = 100
const SLOW_PICTURES = 4

/** Returns whether there is more to come. */
type Draw = (now: number) => boolean

export class Frames extends Watched {
  private readonly move: Draw
  private draw: Draw | undefined
  private looks: (() => void)[] = []
  private asked: number | undefined
  private last = 0
  /** since the last word */
  private pictures = 0

  /** @param move is called before each picture is drawn */
  constructor(move: Draw) {
    super()
    this.move = move
  }

  draws(draw: Draw | undefined): void {
    this.draw = draw
    this.wake()
  }

  /** Once, straight after the next picture is drawn and before it is shown. */
  once(look: () => void): void {
    this.looks.push(look)
    this.wake()
  }

  readonly wake = (): void => {
    this.asked ??= requestAnimationFrame((now) => this.run(now))
  }

  stop(): void {
    if (this.asked !== undefined) cancelAnimationFrame(this.asked)
  }

  private run(now: number): void {
    this.asked = undefined
    const moves = this.move(now)
    const draws = this.draw?.(now) ?? false
    for (const look of this.looks.splice(0)) look()
    if (moves || draws) this.wake()
    this.pictures++
    const soon = now - this.last < SLOW_MS || this.pictures < SLOW_PICTURES
    if ((moves || draws) && soon) return
    this.last = now
    this.pictures = 0
    this.changed()
  }
}
