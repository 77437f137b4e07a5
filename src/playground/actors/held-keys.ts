// The keys that are down, of the keyboard and on the screen.
import { Watched } from '../watched.ts'

export class HeldKeys extends Watched {
  /** KeyboardEvent.code */
  readonly down = new Set<string>()

  press(code: string): void {
    if (this.down.has(code)) return
    this.down.add(code)
    this.changed()
  }

  release(code: string): void {
    if (this.down.delete(code)) this.changed()
  }

  /** What is let go while nobody looks is never heard of. */
  releaseAll(): void {
    this.down.clear()
    this.changed()
  }
}
