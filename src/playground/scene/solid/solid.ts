// Robots in space, by WebGL: imagined solid, ghosts translucent, truth as an outline.
import {
  Color,
  DirectionalLight,
  HemisphereLight,
  MeshBasicMaterial,
  MeshLambertMaterial,
  Scene,
  WebGLRenderer,
} from 'three'
import type { Body } from '../../body/body.ts'
import { type Colours, colourOf } from '../colours.ts'
import type { Stage, View } from '../stage.ts'
import { MOST_GHOSTS } from '../view.ts'
import { FollowingCamera } from './camera.ts'
import { Capsules, forCapsules } from './capsules.ts'
import { Ground } from './ground.ts'
import { insideMaterial, outlineMaterial } from './outline.ts'
import { shadowMaterial } from './shadow.ts'

/** More pixels cost, and nobody sees them. */
const MOST_RATIO = 2
/** Of the width that a robot is shown in. */
const OUTLINE = 0.0045
const GHOSTLY = 0.16

interface Options {
  /** whether edges are smoothed: it doubles what a picture costs, which a processor has not to spare */
  smooth: boolean
  /** is called when hands turn the camera */
  moved(): void
}

export class SolidStage implements Stage {
  readonly kind = 'solid'
  readonly canvas: HTMLCanvasElement
  private readonly renderer: WebGLRenderer
  private readonly scene = new Scene()
  private readonly camera: FollowingCamera
  private readonly ground = new Ground()
  private readonly body: Body
  private readonly robot: Capsules
  private readonly shadow: Capsules
  private readonly ghosts: Capsules
  private readonly inside: Capsules
  private readonly outline: Capsules
  private readonly parts: Capsules[]

  /** Throws where there is no WebGL. */
  constructor(canvas: HTMLCanvasElement, body: Body, { smooth, moved }: Options) {
    this.canvas = canvas
    this.body = body
    this.renderer = new WebGLRenderer({
      canvas,
      antialias: smooth,
      stencil: true,
      powerPreference: 'low-power',
    })
    this.camera = new FollowingCamera(canvas, body, moved)
    const { shapes, width_metres } = body
    this.robot = new Capsules(shapes, 1, forCapsules(new MeshLambertMaterial()), [8, 24])
    this.shadow = new Capsules(shapes, 1, shadowMaterial())
    this.ghosts = new Capsules(
      shapes,
      MOST_GHOSTS,
      forCapsules(new MeshBasicMaterial({ transparent: true, opacity: GHOSTLY, depthWrite: false })),
      [3, 8],
    )
    this.inside = new Capsules(shapes, 1, insideMaterial())
    this.outline = new Capsules(shapes, 1, outlineMaterial(OUTLINE * width_metres))
    this.parts = [this.shadow, this.ghosts, this.robot, this.inside, this.outline]
    for (const [order, part] of this.parts.entries()) part.mesh.renderOrder = order
    this.light()
    this.scene.add(this.ground.mesh, ...this.parts.map(({ mesh }) => mesh))
  }

  draw(view: View, now: number, still: boolean): boolean {
    this.robot.set(view.imagined, 1)
    this.shadow.set(view.imagined, 1)
    this.ghosts.set(view.ghosts ?? view.imagined, view.ghosts ? view.ghostCount : 0)
    for (const part of [this.inside, this.outline]) part.set(view.truth ?? view.imagined, view.truth ? 1 : 0)
    const moving = this.camera.follow(view, now, still)
    this.ground.follow(view.x, view.y)
    this.renderer.render(this.scene, this.camera.camera)
    return moving
  }

  resize(width: number, height: number): void {
    this.renderer.setPixelRatio(Math.min(MOST_RATIO, devicePixelRatio)) // windows go to other screens
    this.renderer.setSize(width, height, false)
    this.camera.resize(width, height)
  }

  paint(colours: Colours): void {
    this.scene.background = new Color(colours.sky)
    this.ground.paint(colours)
    for (const [i, shape] of this.body.shapes.entries())
      this.robot.mesh.setColorAt(i, new Color(colourOf(shape, colours)))
    if (this.robot.mesh.instanceColor) this.robot.mesh.instanceColor.needsUpdate = true
    const paint = (part: Capsules, colour: string) =>
      (part.mesh.material as MeshLambertMaterial).color.set(colour)
    paint(this.ghosts, colours.ghost)
    paint(this.outline, colours.truth)
    ;(this.shadow.mesh.material as MeshLambertMaterial).opacity = colours.shadow
  }

  reset(): void {
    this.camera.reset()
  }

  close(): void {
    this.camera.close()
    this.ground.close()
    for (const part of this.parts) part.close()
    this.renderer.dispose()
  }

  private light(): void {
    const sun = new DirectionalLight(0xffffff, 2.1)
    sun.position.set(2, -3, 6)
    this.scene.add(new HemisphereLight(0xffffff, 0xa9b8cc, 1.5), sun)
  }
}
