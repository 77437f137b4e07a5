// Pictures, as long as anybody wants another, and now and then a word to what shows numbers.
import { Watched } from '../watched.ts'
import { Slowly } from './slowly.ts'

/** Returns whether there is more to come. */
type Draw = (now: number) => boolean

export class Frames extends Watched {
  private readonly move: Draw
  private draw: Draw | undefined
  private looks: (() => void)[] = []
  private asked: number | undefined
  private readonly slowly = new Slowly()

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
    const more = moves || draws
    if (more) this.wake()
    if (this.slowly.isDue(now, more)) this.changed()
  }
}
