// Capsules of any length and thickness in one draw call: a unit sphere whose halves are pulled apart, by instance.
import {
  BufferAttribute,
  type BufferGeometry,
  CapsuleGeometry,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedMesh,
  type Material,
  Vector2,
} from 'three'
import type { Shape } from '../../body/body.ts'

/** What materials read: thickness and length by instance, and which half a point is of. */
const HEAD = `
attribute vec2 size;
attribute float side;
uniform float swell;
`
const SHIFT = `
vec3 transformed = position * (size.x + swell);
transformed.y += side * size.y;
`

/** @param swell metres that capsules are thicker by, as an outline is */
export function forCapsules<M extends Material>(material: M, swell = 0): M {
  material.onBeforeCompile = (shader) => {
    shader.uniforms.swell = { value: swell }
    shader.vertexShader = HEAD + shader.vertexShader.replace('#include <begin_vertex>', SHIFT)
  }
  material.customProgramCacheKey = () => 'capsules'
  return material
}

/** A sphere with two equators, one of each half. */
function geometry(rings: number, segments: number): BufferGeometry {
  const capsule = new CapsuleGeometry(1, 1, rings, segments)
  const position = capsule.getAttribute('position')
  const side = new Float32Array(position.count)
  for (let i = 0; i < position.count; i++) {
    side[i] = Math.sign(position.getY(i))
    position.setY(i, position.getY(i) - side[i]! / 2)
  }
  capsule.setAttribute('side', new BufferAttribute(side, 1))
  capsule.deleteAttribute('uv')
  return capsule
}

export class Capsules {
  readonly mesh: InstancedMesh
  private readonly shapes: readonly Shape[]

  /** @param copies of the whole robot */
  constructor(shapes: readonly Shape[], copies: number, material: Material, [rings, segments] = [6, 16]) {
    const count = shapes.length * copies
    const form = geometry(rings!, segments!)
    const sizes = Array.from({ length: copies }, () =>
      shapes.flatMap((shape) => sizeOf(shape).toArray()),
    ).flat()
    form.setAttribute('size', new InstancedBufferAttribute(new Float32Array(sizes), 2))
    this.shapes = shapes
    this.mesh = new InstancedMesh(form, material, count)
    this.mesh.instanceMatrix.setUsage(DynamicDrawUsage)
    this.mesh.frustumCulled = false
    this.mesh.count = 0
  }

  /** @param poses [copies, shapes, 6] */
  set(poses: Float32Array, copies: number): void {
    const count = copies * this.shapes.length
    for (let i = 0; i < count; i++)
      place(this.mesh.instanceMatrix.array as Float32Array, 16 * i, poses, 6 * i)
    this.mesh.count = count
    this.mesh.instanceMatrix.needsUpdate = true
  }

  close(): void {
    this.mesh.geometry.dispose()
    this.mesh.dispose()
  }
}

function sizeOf({ from, to, radius }: Shape): Vector2 {
  return new Vector2(radius, Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]) / 2)
}

/** A matrix, by columns, whose y axis goes from one end to the other, and whose origin is in the middle. */
function place(out: Float32Array, at: number, ends: Float32Array, from: number): void {
  let [x, y, z] = [0, 1, 2].map((axis) => ends[from + 3 + axis]! - ends[from + axis]!) as [
    number,
    number,
    number,
  ]
  const length = Math.hypot(x, y, z)
  if (length < 1e-9) [x, y, z] = [0, 0, 1]
  else [x, y, z] = [x / length, y / length, z / length]
  const across = Math.hypot(x, z)
  const [a, c] = across < 1e-6 ? [1, 0] : [z / across, -x / across] // (a, 0, c) is at a right angle to it
  const columns = [a, 0, c, x, y, z, -c * y, c * x - a * z, a * y]
  for (let k = 0; k < 9; k++) out[at + 4 * Math.floor(k / 3) + (k % 3)] = columns[k]!
  for (let axis = 0; axis < 3; axis++) out[at + 12 + axis] = (ends[from + axis]! + ends[from + 3 + axis]!) / 2
  out[at + 15] = 1
}
