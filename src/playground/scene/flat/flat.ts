// Robots on a flat canvas, for browsers without WebGL: parallel projection, so a capsule is a thick line with round ends.
import type { Body, Shape } from '../../body/body.ts'
import { type Colours, colourOf, coloursFor } from '../colours.ts'
import type { Stage, View } from '../stage.ts'

/** Where the ground is, of the height from above. */
const LEVEL = { side: 0.78, oblique: 0.62 }
/** Of the view in space: how far the x axis is turned away, and how far one looks down. Radians. */
const SIDE = { azimuth: 0, elevation: 0 }
const OBLIQUE = { azimuth: -0.38, elevation: 0.6 }
const OUTLINE = 2 // CSS pixels
const DASHES = [7, 4]

interface Axes {
  readonly right: readonly number[]
  readonly up: readonly number[]
  readonly eye: readonly number[]
}

function axesOf(azimuth: number, elevation: number): Axes {
  const [c, s, ce, se] = [Math.cos(azimuth), Math.sin(azimuth), Math.cos(elevation), Math.sin(elevation)]
  return { right: [c, s, 0], up: [-s * se, c * se, ce], eye: [s * ce, -c * ce, se] }
}

export class FlatStage implements Stage {
  readonly kind = 'flat'
  readonly canvas: HTMLCanvasElement
  private readonly pen: CanvasRenderingContext2D
  private readonly body: Body
  private readonly axes: Axes
  private readonly order: readonly number[]
  private colours = coloursFor(false)
  private size = { width: 1, height: 1, scale: 1 }
  private focus = { x: 0, y: 0, z: 0 }

  constructor(canvas: HTMLCanvasElement, body: Body) {
    this.canvas = canvas
    this.body = body
    this.pen = canvas.getContext('2d')!
    const { azimuth, elevation } = body.camera ?? (body.view === 'side' ? SIDE : OBLIQUE)
    this.axes = axesOf(azimuth, elevation)
    const rank = ({ far, limb }: Shape) => (far ? 0 : limb === 0 ? 1 : 2)
    this.order = [...body.shapes.keys()].sort((a, b) => rank(body.shapes[a]!) - rank(body.shapes[b]!))
  }

  draw(view: View): boolean {
    const [x, y, z] = this.body.camera?.focus ?? [view.x, view.y, 0]
    this.focus = { x, y, z }
    const { width, height } = this.size
    const shown = this.body.width_metres + view.apart
    this.size.scale = width / Math.max(shown, ((width / height / 0.7) * shown) / this.body.width_metres)
    const { pen, colours } = this
    pen.fillStyle = colours.sky
    pen.fillRect(0, 0, this.size.width, this.size.height)
    this.drawGround()
    pen.lineCap = 'round'
    pen.globalAlpha = 0.14
    const length = 6 * this.body.shapes.length
    for (let ghost = 0; ghost < view.ghostCount; ghost++)
      this.capsules(view.ghosts!, ghost * length, () => colours.ghost)
    pen.globalAlpha = 1
    this.capsules(view.imagined, 0, (shape) => colourOf(shape, colours))
    if (view.truth) this.outline(view.truth)
    return false
  }

  resize(width: number, height: number): void {
    const ratio = Math.min(2, devicePixelRatio)
    this.canvas.width = Math.round(width * ratio)
    this.canvas.height = Math.round(height * ratio)
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    this.size = { width, height, scale: 1 } // of the next drawing
  }

  paint(colours: Colours): void {
    this.colours = colours
  }

  reset(): void {}

  close(): void {}

  private at(pose: Float32Array, i: number): [x: number, y: number] {
    const { width, height, scale } = this.size
    const point = [pose[i]! - this.focus.x, pose[i + 1]! - this.focus.y, pose[i + 2]! - this.focus.z]
    const along = (axis: readonly number[]) => axis.reduce((sum, value, k) => sum + value * point[k]!, 0)
    return [
      width / 2 + scale * along(this.axes.right),
      LEVEL[this.body.view] * height - scale * along(this.axes.up),
    ]
  }

  private capsules(pose: Float32Array, offset: number, colour: (shape: Shape) => string, margin = 0): void {
    const { pen, size } = this
    for (const i of this.order) {
      const shape = this.body.shapes[i]!
      const [[x1, y1], [x2, y2]] = [this.at(pose, offset + 6 * i), this.at(pose, offset + 6 * i + 3)]
      pen.strokeStyle = colour(shape)
      pen.lineWidth = 2 * (shape.radius * size.scale + margin)
      pen.beginPath()
      pen.moveTo(x1, y1)
      pen.lineTo(x2 + 0.01, y2)
      pen.stroke()
    }
  }

  /** Its bones, dashed: an outline of lines would hide what is under it. */
  private outline(pose: Float32Array): void {
    const { pen, colours } = this
    pen.strokeStyle = colours.truth
    pen.lineWidth = OUTLINE
    pen.setLineDash(DASHES)
    for (const i of this.order) {
      const [[x1, y1], [x2, y2]] = [this.at(pose, 6 * i), this.at(pose, 6 * i + 3)]
      const r = this.body.shapes[i]!.radius * this.size.scale
      const angle = Math.atan2(y2 - y1, x2 - x1)
      pen.beginPath()
      pen.arc(x1, y1, r, angle + Math.PI / 2, angle - Math.PI / 2)
      pen.arc(x2, y2, r, angle - Math.PI / 2, angle + Math.PI / 2)
      pen.closePath()
      pen.stroke()
    }
    pen.setLineDash([])
  }

  private drawGround(): void {
    const { pen, colours, size } = this
    const { x, y } = this.focus
    const reach = Math.ceil(size.width / size.scale)
    pen.strokeStyle = colours.line
    pen.lineWidth = 1
    const point = (px: number, py: number) => this.at(Float32Array.of(px, py, 0), 0)
    const line = (from: [number, number], to: [number, number]) => {
      pen.beginPath()
      pen.moveTo(...from)
      pen.lineTo(...to)
      pen.stroke()
    }
    for (let metre = Math.floor(x) - reach; metre <= x + reach; metre++) {
      pen.strokeStyle = metre === 0 ? colours.start : colours.line
      if (this.body.view === 'oblique') line(point(metre, y - reach), point(metre, y + reach))
      else line(point(metre, 0), [point(metre, 0)[0], size.height])
    }
    pen.strokeStyle = colours.line
    if (this.body.view === 'side') {
      line([0, point(x, 0)[1]], [size.width, point(x, 0)[1]])
      return
    }
    for (let metre = Math.floor(y) - reach; metre <= y + reach; metre++)
      line(point(x - reach, metre), point(x + reach, metre))
  }
}
