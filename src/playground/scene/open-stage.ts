// The best stage that the browser has.
import type { Body } from '../body/body.ts'
import { FlatStage } from './flat/flat.ts'
import { SolidStage } from './solid/solid.ts'
import type { Stage } from './stage.ts'

/** Who draws in space: a graphics card, the processor in its place, or nobody. */
export type Graphics = 'card' | 'processor' | 'none'

const BY_PROCESSOR = /swiftshader|llvmpipe|softpipe|software|basic render/i

/** Asked of a canvas of its own: one that has given one kind of context gives no other. */
function graphics(): Graphics {
  try {
    const context = document.createElement('canvas').getContext('webgl2')
    if (!context) return 'none'
    const name = nameOf(context)
    context.getExtension('WEBGL_lose_context')?.loseContext() // there are few
    return BY_PROCESSOR.test(name) ? 'processor' : 'card'
  } catch {
    return 'none'
  }
}

/** Chromium and Safari tell by an extension what others tell at once. */
function nameOf(context: WebGL2RenderingContext): string {
  const name = String(context.getParameter(context.RENDERER))
  if (!/webkit/i.test(name)) return name
  const more = context.getExtension('WEBGL_debug_renderer_info')
  return more ? String(context.getParameter(more.UNMASKED_RENDERER_WEBGL)) : name
}

/** @param moved is called when hands turn the camera */
export function openStage(canvas: HTMLCanvasElement, body: Body, moved: () => void): Stage {
  const by = graphics()
  return by === 'none'
    ? new FlatStage(canvas, body)
    : new SolidStage(canvas, body, { smooth: by === 'card', moved })
}
