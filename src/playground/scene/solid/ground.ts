// The ground: a line for each metre, fading into the sky, and a mark where the way began. It goes along with the robot.
import { Color, DoubleSide, Mesh, PlaneGeometry, ShaderMaterial } from 'three'
import type { Colours } from '../colours.ts'

const REACH = 24 // metres

const VERTEX = `
varying vec2 place;
varying vec2 reach;
void main() {
  vec4 world = modelMatrix * vec4(position, 1.0);
  place = world.xy;
  reach = position.xy / ${REACH.toFixed(1)};
  gl_Position = projectionMatrix * viewMatrix * world;
}
`
/** Lines as thin as a pixel, whatever the distance. */
const FRAGMENT = `
uniform vec3 sky;
uniform vec3 ground;
uniform vec3 line;
uniform vec3 start;
varying vec2 place;
varying vec2 reach;
float lines(vec2 at, float width) {
  vec2 pixel = fwidth(at);
  vec2 off = abs(fract(at - 0.5) - 0.5) / max(pixel, 1e-5);
  vec2 near = 1.0 - smoothstep(width - 0.5, width + 0.5, off);
  return max(near.x, near.y) * (1.0 - smoothstep(0.25, 0.7, max(pixel.x, pixel.y)));
}
void main() {
  float fade = 1.0 - smoothstep(0.1, 0.8, length(reach));
  vec3 colour = mix(sky, ground, fade);
  colour = mix(colour, line, 0.9 * lines(place, 0.7) * fade);
  float begin = 1.0 - smoothstep(0.02, 0.02 + fwidth(place.x), abs(place.x));
  colour = mix(colour, start, begin * fade);
  gl_FragColor = vec4(colour, 1.0);
  #include <colorspace_fragment>
}
`

export class Ground {
  readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>

  constructor() {
    const colour = () => ({ value: new Color() })
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { sky: colour(), ground: colour(), line: colour(), start: colour() },
      side: DoubleSide,
    })
    this.mesh = new Mesh(new PlaneGeometry(2 * REACH, 2 * REACH), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = -2
  }

  paint(colours: Colours): void {
    const { uniforms } = this.mesh.material
    for (const name of ['sky', 'ground', 'line', 'start'] as const) uniforms[name]!.value.set(colours[name])
  }

  follow(x: number, y: number): void {
    this.mesh.position.set(x, y, 0)
  }

  close(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}
