// Whether what a simulator computes is what callers are promised: arrays of the right sizes, all numbers finite. B rows,
// H steps (1 of a live step), N agents, A action, S state, O observation.
import { DimaError } from '../../common/errors.ts'
import { lettersOf, type WorldSpec } from '../../worlds/world.ts'

/** Throws DimaError `invalid_bundle`, naming `what` it was and the array. */
export function checkResults(what: string, results: object, spec: WorldSpec, B: number, H = 1): void {
  const sizes = sizesOf(spec, B, H)
  for (const [name, values] of Object.entries(results)) {
    if (ArrayBuffer.isView(values)) checkNumbers(`${what}: ${name}`, values as Float64Array, sizes[name], B)
    else if (typeof values === 'object' && values !== null) checkResults(what, values, spec, B, H)
  }
  const { terminationProbabilities: ends } = results as { terminationProbabilities?: Float32Array }
  if (ends?.some((p) => p < 0 || p > 1))
    throw invalid(`${what}: a termination probability is not within 0 and 1`)
}

function sizesOf(spec: WorldSpec, B: number, H: number): Record<string, number> {
  const { N, A, S, O } = lettersOf(spec)
  const [rows, agents] = [B * H, B * H * N]
  return {
    states: rows * S,
    observations: agents * O,
    actions: agents * A,
    logProbabilities: agents,
    mean: agents * A,
    std: agents * A,
    rewards: rows,
    terminationProbabilities: rows,
    terminations: rows,
    lengths: B,
  }
}

/** What is carried is the kind's own: the same for every row. */
function checkNumbers(what: string, values: Float64Array, size: number | undefined, B: number): void {
  if (!values.every(Number.isFinite)) throw invalid(`${what} not finite`)
  if (size !== undefined && values.length !== size)
    throw invalid(`${what} has ${values.length} numbers, expected ${size}`)
  if (values.length % B !== 0) throw invalid(`${what} has ${values.length} numbers for ${B} rows`)
}

const invalid = (reason: string): DimaError => new DimaError('invalid_bundle', reason)
