// What the critic sees of raw states: each standardised over its own entries, as HARL's critics do (method.md 6). The
// networks' first LayerNorm does the same, so that this mostly bounds what goes in.
import { deviation, mean } from '../../common/statistics.ts'

/** @param states [R, S] @returns [R, S] */
export function criticInputs(states: Float64Array, width: number): Float32Array {
  const inputs = new Float32Array(states.length)
  for (let row = 0; row < states.length; row += width) {
    const state = states.subarray(row, row + width)
    const [centre, spread] = [mean(state), deviation(state)]
    const scale = spread > 0 ? 1 / spread : 0 // equal entries say nothing
    for (let s = 0; s < width; s++) inputs[row + s] = (state[s]! - centre) * scale
  }
  return inputs
}
