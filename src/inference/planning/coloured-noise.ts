// Noise whose power falls with frequency as f^-beta: neighbouring steps are alike, so that a sequence goes somewhere
// (Timmer and Koenig 1995; for planning Pinneri et al. 2020, arXiv 2008.06389). beta 0 is white noise.
import type { Rng } from '../../common/rng.ts'

/** @returns [count, steps, width], each entry of a standard normal distribution */
export function colouredNoise(
  rng: Rng,
  count: number,
  steps: number,
  width: number,
  beta: number,
): Float32Array {
  if (beta === 0) return Float32Array.from(rng.normals(count * steps * width))
  const waves = wavesOf(steps, beta) // [steps, steps]
  const noise = new Float32Array(count * steps * width)
  for (let series = 0; series < count * width; series++) {
    const draws = rng.normals(steps)
    const first = Math.floor(series / width) * steps * width + (series % width)
    for (let t = 0; t < steps; t++) {
      let sum = 0
      for (let k = 0; k < steps; k++) sum += waves[t * steps + k]! * draws[k]!
      noise[first + t * width] = sum
    }
  }
  return noise
}

/** A constant, cosines and sines at the frequencies of a series, and alternation where its length is even: variance 1 at every step. */
function wavesOf(steps: number, beta: number): Float64Array {
  const waves: number[][] = [] // by wave, its values at every step
  const add = (k: number, wave: (t: number) => number) => {
    const power = (Math.max(k, 1) / steps) ** (-beta / 2)
    waves.push(Array.from({ length: steps }, (_, t) => power * wave(t)))
  }
  add(0, () => 1)
  for (let k = 1; k < steps / 2; k++) {
    const phase = (t: number) => (2 * Math.PI * k * t) / steps
    add(k, (t) => Math.SQRT2 * Math.cos(phase(t)))
    add(k, (t) => Math.SQRT2 * Math.sin(phase(t)))
  }
  if (steps > 1 && steps % 2 === 0) add(steps / 2, (t) => (t % 2 === 0 ? 1 : -1))
  const scale = 1 / Math.hypot(...waves.map(([atStart]) => atStart!)) // sines are 0 there, where cosines have their all
  return Float64Array.from(
    { length: steps * steps },
    (_, i) => scale * waves[i % steps]![Math.floor(i / steps)]!,
  )
}
