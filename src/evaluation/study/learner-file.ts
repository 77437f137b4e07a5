// A learner's state as one file: the updates, then parameters and moments bucket by bucket. The network knows the sizes.
import { existsSync, readFileSync } from 'node:fs'
import { DimaError } from '../../common/errors.ts'
import { writeFileAtomic } from '../../common/files.ts'
import { bytesOf, numbersOf } from '../../common/packed-arrays.ts'
import { seal, unseal } from '../../common/seal.ts'
import { sum } from '../../common/statistics.ts'
import type { LearnerState } from '../../learning/learner.ts'

const arraysOf = ({ p, m, v }: LearnerState): Float32Array[] => [...p, ...m, ...v]

export function saveLearner(path: string, state: LearnerState): void {
  const bytes = [Float64Array.of(state.updates), ...arraysOf(state)].map(bytesOf)
  writeFileAtomic(path, seal(Buffer.concat(bytes)))
}

/** @param like a state of the same network @returns undefined without a file */
export function loadLearner(path: string, like: LearnerState): LearnerState | undefined {
  if (!existsSync(path)) return undefined
  const bytes = contentOf(path)
  const size = 8 + sum(arraysOf(like).map(({ byteLength }) => byteLength))
  if (bytes.length !== size)
    throw new DimaError('invalid_config', `${path} is of another network: ${bytes.length} bytes, not ${size}`)
  let offset = 8
  const next = ({ length }: Float32Array) => {
    const from = offset
    offset += 4 * length
    return numbersOf('f4', bytes.subarray(from, offset))
  }
  const [p, m, v] = [like.p.map(next), like.m.map(next), like.v.map(next)]
  return { updates: bytes.readDoubleLE(0), p, m, v }
}

function contentOf(path: string): Buffer {
  const bytes = readFileSync(path)
  try {
    return unseal(bytes)
  } catch (error) {
    throw new DimaError('invalid_config', `${path} is damaged: ${(error as Error).message}; delete it`)
  }
}
