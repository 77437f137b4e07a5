// Shadows: the capsules pressed flat onto the ground along the light, each place darkened once.
import { EqualStencilFunc, IncrementStencilOp, KeepStencilOp, MeshBasicMaterial } from 'three'
import { forCapsules } from './capsules.ts'

/** What of the height a shadow is beside its foot. */
const SLANT = { x: -0.25, y: 0.35 }
/** Above the ground, so that it is seen. */
const LIFT = 0.004

export function shadowMaterial(): MeshBasicMaterial {
  const material = forCapsules(
    new MeshBasicMaterial({ color: 0x000000, transparent: true, depthWrite: false, stencilWrite: true }),
  )
  Object.assign(material, {
    stencilRef: 0,
    stencilFunc: EqualStencilFunc,
    stencilZPass: IncrementStencilOp,
    stencilFail: KeepStencilOp,
  })
  const before = material.onBeforeCompile
  material.onBeforeCompile = (shader, renderer) => {
    before.call(material, shader, renderer)
    shader.vertexShader = shader.vertexShader.replace('#include <project_vertex>', FLAT)
  }
  material.customProgramCacheKey = () => 'shadow'
  return material
}

const FLAT = `
vec4 flatOne = modelMatrix * instanceMatrix * vec4(transformed, 1.0);
flatOne.xy += max(flatOne.z, 0.0) * vec2(${SLANT.x.toFixed(2)}, ${SLANT.y.toFixed(2)});
flatOne.z = ${LIFT.toFixed(4)};
vec4 mvPosition = viewMatrix * flatOne;
gl_Position = projectionMatrix * mvPosition;
`
