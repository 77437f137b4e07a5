// What the critic sees of raw states: each standardised over its own entries, as HARL's critics do (method.md 6). The
// networks' first LayerNorm does the same, so that this mostly bounds what goes in.

/** @param states [R, S] @returns [R, S] */
export function criticInputs(states: Float64Array, width: number): Float32Array {
  const inputs = new Float32Array(states.length)
  for (let row = 0; row < states.length; row += width) {
    const state = states.subarray(row, row + width)
    const mean = state.reduce((sum, value) => sum + value, 0) / width
    const variance = state.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width
    const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0 // equal entries say nothing
    for (let s = 0; s < width; s++) inputs[row + s] = (state[s]! - mean) * scale
  }
  return inputs
}
