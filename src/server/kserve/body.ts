// The body of an infer request: JSON, or JSON with the numbers of its tensors behind it (the protocol's binary tensor data
// extension). Triton's clients send the second, without a content type.
import { DimaError } from '../../common/errors.ts'

/** Says how many bytes of a body are JSON. */
export const HEADER_LENGTH = 'inference-header-content-length'
export const BINARY_TYPE = 'application/octet-stream'

/** A body as it came: what is JSON in it is decoded, and not yet checked. */
export class InferBody {
  readonly json: unknown
  /** what follows it */
  readonly binary: Uint8Array

  constructor(json: unknown, binary: Uint8Array) {
    this.json = json
    this.binary = binary
  }
}

/** Throws DimaError `invalid_request` when the header says more bytes than there are. */
export function splitBody(
  bytes: Uint8Array,
  header: string | undefined,
): [json: Uint8Array, binary: Uint8Array] {
  if (header === undefined) return [bytes, new Uint8Array()]
  const length = /^\d{1,10}$/.test(header) ? Number(header) : Number.NaN
  if (!(length <= bytes.length))
    throw new DimaError(
      'invalid_request',
      `${HEADER_LENGTH} is not within the ${bytes.length} bytes of the body`,
      {
        field: HEADER_LENGTH,
        expected: `0..${bytes.length}`,
        given: header.slice(0, 20),
      },
    )
  return [bytes.subarray(0, length), bytes.subarray(length)]
}
