// What the camera looks at: the imagined robot, and whoever else is near enough to be seen with it.

/** Further away, of the width that a robot is shown in, nobody is waited for. */
const REACH = 1.1

export class Frame {
  private readonly most: number
  private x = 0
  private y = 0
  private readonly least = [0, 0]
  private readonly greatest = [0, 0]

  /** @param width metres that a robot is shown in */
  constructor(width: number) {
    this.most = REACH * width
  }

  /** Where the imagined robot is, metres. */
  begin(x: number, y: number): void {
    this.x = x
    this.y = y
    this.least.fill(0)
    this.greatest.fill(0)
  }

  add(x: number, y: number): void {
    for (const [axis, way] of [x - this.x, y - this.y].entries()) {
      const near = Math.max(-this.most, Math.min(this.most, way))
      this.least[axis] = Math.min(this.least[axis]!, near)
      this.greatest[axis] = Math.max(this.greatest[axis]!, near)
    }
  }

  /** Their middle, and how far they are apart, metres. */
  get look(): { x: number; y: number; apart: number } {
    const [left, near] = this.least as [number, number]
    const [right, far] = this.greatest as [number, number]
    return {
      x: this.x + (left + right) / 2,
      y: this.y + (near + far) / 2,
      apart: Math.hypot(right - left, far - near),
    }
  }
}
