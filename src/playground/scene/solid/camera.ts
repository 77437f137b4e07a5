// The camera: it goes along with the robot without shaking with it, and hands turn it about the robot.
import { PerspectiveCamera, Vector3 } from 'three'
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js'
import type { Body, Still } from '../../body/body.ts'
import type { View } from '../stage.ts'

const FIELD = 32 // degrees, of the height
/** The way that is left is halved in so many milliseconds. */
const HALF_MS = 50
/** Nearer is there. */
const THERE = 0.002
/** Height of what is looked at, of the width that the robot is shown in. */
const LOOK = { side: 0.15, oblique: 0.08 }
/** Directions from there to the camera. */
const FROM = { side: new Vector3(0.22, -1, 0.2), oblique: new Vector3(-0.55, -1, 0.62) }

/** From the focus to the eye. */
const directionOf = ({ azimuth, elevation }: Still): Vector3 =>
  new Vector3(
    Math.sin(azimuth) * Math.cos(elevation),
    -Math.cos(azimuth) * Math.cos(elevation),
    Math.sin(elevation),
  )

export class FollowingCamera {
  readonly camera = new PerspectiveCamera(FIELD, 1, 0.05, 200)
  private readonly controls: OrbitControls
  private readonly body: Body
  private last: number | undefined
  private at = { x: 0, y: 0 }
  /** how much further away it is than for one robot alone */
  private back = 1

  /** @param moved is called when hands turn it */
  constructor(element: HTMLElement, body: Body, moved: () => void) {
    this.body = body
    this.camera.up.set(0, 0, 1)
    this.controls = new OrbitControls(this.camera, element)
    Object.assign(this.controls, {
      enablePan: false,
      enableDamping: false,
      minDistance: 0.4,
      maxDistance: 30,
      maxPolarAngle: 1.55,
      zoomSpeed: 0.6,
      enableZoom: true,
    })
    element.style.touchAction = 'pan-y' // or a page on a phone can't be scrolled past it
    this.controls.addEventListener('change', moved)
    this.reset()
  }

  reset(): void {
    const { view, width_metres, camera } = this.body
    const distance =
      (0.5 * this.back * width_metres) /
      Math.tan((FIELD * Math.PI) / 360) /
      Math.max(1, 0.95 * this.camera.aspect)
    const { x, y } = this.at
    if (camera) {
      this.controls.target.set(...camera.focus)
      this.camera.position.copy(this.controls.target).addScaledVector(directionOf(camera), distance)
      this.controls.update()
      return
    }
    this.controls.target.set(x, y, LOOK[view] * width_metres)
    this.camera.position.copy(this.controls.target).addScaledVector(FROM[view].clone().normalize(), distance)
    this.controls.update()
  }

  resize(width: number, height: number): void {
    const before = this.camera.aspect
    this.camera.aspect = width / height
    this.camera.updateProjectionMatrix()
    if (Math.abs(Math.log(before / this.camera.aspect)) > 0.1) this.reset()
  }

  /** Goes towards a place on the ground, and back as far as robots are apart. Returns whether there is way left. */
  follow({ x, y, apart }: Pick<View, 'x' | 'y' | 'apart'>, now: number, still: boolean): boolean {
    const passed =
      this.last === undefined || still ? Number.POSITIVE_INFINITY : Math.min(100, now - this.last)
    this.last = now
    const left = 0.5 ** (passed / HALF_MS)
    const way = { x: (x - this.at.x) * (1 - left), y: (y - this.at.y) * (1 - left) }
    this.at = { x: this.at.x + way.x, y: this.at.y + way.y }
    for (const moved of [this.controls.target, this.camera.position]) {
      moved.x += way.x
      moved.y += way.y
    }
    const goal = 1 + apart / this.body.width_metres
    this.goBack(this.back + (goal - this.back) * (1 - left))
    this.controls.update()
    return Math.hypot(x - this.at.x, y - this.at.y) > THERE || Math.abs(goal - this.back) > THERE
  }

  /** Hands may have it nearer or further away: that stays. */
  private goBack(back: number): void {
    const { target } = this.controls
    this.camera.position
      .sub(target)
      .multiplyScalar(back / this.back)
      .add(target)
    this.back = back
  }

  close(): void {
    this.controls.dispose()
  }
}
