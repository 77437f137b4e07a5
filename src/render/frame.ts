// What one frame of a film shows.
import type { Point, Pose } from './body.ts'

export interface FigureInFrame {
  readonly name: string
  readonly pose: Pose
  /** Where the trunk was up to now, for a line on the ground. */
  readonly trail: readonly Point[]
  /** Reward of the step that led here; unknown at the start and where none was recorded. */
  readonly reward: number | undefined
}

export interface Frame {
  readonly title: string
  readonly step: number
  readonly seconds: number
  /** Share of the film that is over, 0..1. */
  readonly progress: number
  /** What the camera looks at. */
  readonly focus: Point
  /** The second is drawn translucent over the first. */
  readonly figures: readonly FigureInFrame[]
}
