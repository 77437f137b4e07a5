// The best stage that the browser has.
import type { Body } from '../body/body.ts'
import { FlatStage } from './flat/flat.ts'
import { SolidStage } from './solid/solid.ts'
import type { Stage } from './stage.ts'

/** Asked of a canvas of its own: one that has given one kind of context gives no other. */
export function hasWebGL(): boolean {
  try {
    const context = document.createElement('canvas').getContext('webgl2')
    context?.getExtension('WEBGL_lose_context')?.loseContext() // there are few
    return context !== null
  } catch {
    return false
  }
}

/** @param moved is called when hands turn the camera */
export const openStage = (canvas: HTMLCanvasElement, body: Body, moved: () => void): Stage =>
  hasWebGL() ? new SolidStage(canvas, body, moved) : new FlatStage(canvas, body)
