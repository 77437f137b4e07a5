// The true robot as a dashed outline, over whatever is there: first its shape into the stencil, then a swollen one around it.
import { AlwaysStencilFunc, BackSide, MeshBasicMaterial, NotEqualStencilFunc, ReplaceStencilOp } from 'three'
import { forCapsules } from './capsules.ts'

/** In the stencil, apart from what shadows count. */
const INSIDE = 128
const DASH = 7 // device pixels

export function insideMaterial(): MeshBasicMaterial {
  const material = forCapsules(
    new MeshBasicMaterial({ colorWrite: false, depthWrite: false, depthTest: false }),
  )
  return Object.assign(material, {
    stencilWrite: true,
    stencilRef: INSIDE,
    stencilFunc: AlwaysStencilFunc,
    stencilZPass: ReplaceStencilOp,
  })
}

/** @param width metres */
export function outlineMaterial(width: number): MeshBasicMaterial {
  const material = forCapsules(
    new MeshBasicMaterial({ depthWrite: false, depthTest: false, side: BackSide }),
    width,
  )
  Object.assign(material, { stencilWrite: true, stencilRef: INSIDE, stencilFunc: NotEqualStencilFunc })
  const before = material.onBeforeCompile
  material.onBeforeCompile = (shader, renderer) => {
    before.call(material, shader, renderer)
    shader.fragmentShader = shader.fragmentShader.replace(
      '#include <clipping_planes_fragment>',
      `if (mod(gl_FragCoord.x + gl_FragCoord.y, ${(2 * DASH).toFixed(1)}) > ${(1.35 * DASH).toFixed(1)}) discard;`,
    )
  }
  material.customProgramCacheKey = () => 'outline'
  return material
}
