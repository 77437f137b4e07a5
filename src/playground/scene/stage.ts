// What shows robots: with WebGL in space, without it from the side.
import type { Colours } from './colours.ts'

/** Poses are [shapes, 6], the ends of capsules in the world, metres. */
export interface View {
  readonly imagined: Float32Array
  readonly truth: Float32Array | undefined
  /** one pose behind the other, of the first `ghostCount` ghosts */
  readonly ghosts: Float32Array | undefined
  readonly ghostCount: number
  /** the ground between all that is to be seen, metres */
  readonly x: number
  readonly y: number
  /** and how far that is apart */
  readonly apart: number
}

export interface Stage {
  readonly canvas: HTMLCanvasElement
  readonly kind: 'solid' | 'flat'
  /** @param still the camera goes to where it looks at once. Returns whether the picture is still changing by itself. */
  draw(view: View, now: number, still: boolean): boolean
  /** CSS pixels */
  resize(width: number, height: number): void
  paint(colours: Colours): void
  /** The camera where it was at first. */
  reset(): void
  close(): void
}
