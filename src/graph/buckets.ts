// Parameters and optimiser moments live in a few flat arrays ("buckets"): one graph input per parameter would make
// a training step far slower to build and to run.
import type { Parameter } from '../common/parameters.ts'
import { sizeOf } from '../common/tensors.ts'

export interface Slot {
  name: string
  shape: number[]
  /** Where the parameter starts in its bucket. */
  offset: number
}

export interface Bucket {
  /** Whether weight decay applies: to all parameters of a bucket or to none. */
  decay: boolean
  /** Number of floats. */
  size: number
  parameters: Slot[]
}

/** Floats a bucket holds; a larger parameter gets a bucket of its own. */
const BUCKET_SIZE = 262_144

/** Packs parameters in their order, decayed ones apart from the others. */
export function planBuckets(
  parameters: readonly Pick<Parameter, 'name' | 'shape' | 'decay'>[],
  size = BUCKET_SIZE,
): Bucket[] {
  const open = new Map<boolean, Bucket>()
  const buckets: Bucket[] = []
  for (const { name, shape, decay } of parameters) {
    const count = sizeOf(shape)
    let bucket = open.get(decay)
    if (!bucket || bucket.size + count > size) {
      bucket = { decay, size: 0, parameters: [] }
      buckets.push(bucket)
      open.set(decay, bucket)
    }
    bucket.parameters.push({ name, shape, offset: bucket.size })
    bucket.size += count
  }
  return buckets
}

/** Values by name as one array per bucket. */
export function packBuckets(buckets: Bucket[], values: ReadonlyMap<string, Float32Array>): Float32Array[] {
  return buckets.map((bucket) => {
    const flat = new Float32Array(bucket.size)
    for (const { name, offset } of bucket.parameters) flat.set(values.get(name)!, offset)
    return flat
  })
}

/** The inverse of `packBuckets`; the arrays share the buckets' memory. */
export function unpackBuckets(buckets: Bucket[], flats: Float32Array[]): Map<string, Float32Array> {
  return new Map(
    buckets.flatMap((bucket, i) =>
      bucket.parameters.map(({ name, shape, offset }) => [
        name,
        flats[i]!.subarray(offset, offset + sizeOf(shape)),
      ]),
    ),
  )
}
