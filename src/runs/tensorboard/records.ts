// TFRecord: each record is its length (uint64), a checksum of that, its bytes, a checksum of them; little-endian. The
// checksum is CRC-32C, rotated and shifted so that a record of records has none like its own.
// https://www.tensorflow.org/tutorials/load_data/tfrecord

const HEAD = 12
const FOOT = 4

/** Castagnoli's polynomial, bits reversed. Node's zlib has the other CRC-32 alone. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  return crc
})

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!
  return ~crc >>> 0
}

function checksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

export function recordOf(bytes: Uint8Array): Buffer {
  const record = Buffer.alloc(HEAD + bytes.length + FOOT)
  record.writeBigUInt64LE(BigInt(bytes.length))
  record.writeUInt32LE(checksum(record.subarray(0, 8)), 8)
  record.set(bytes, HEAD)
  record.writeUInt32LE(checksum(bytes), HEAD + bytes.length)
  return record
}

/** Where each record ends, up to the first that is cut off or damaged. */
export function recordEnds(file: Buffer): number[] {
  const ends: number[] = []
  for (let at = 0; ; ) {
    const end = endOfRecord(file, at)
    if (end === undefined) return ends
    ends.push(end)
    at = end
  }
}

function endOfRecord(file: Buffer, at: number): number | undefined {
  if (at + HEAD > file.length || file.readUInt32LE(at + 8) !== checksum(file.subarray(at, at + 8)))
    return undefined
  const last = at + HEAD + Number(file.readBigUInt64LE(at))
  if (last + FOOT > file.length || file.readUInt32LE(last) !== checksum(file.subarray(at + HEAD, last)))
    return undefined
  return last + FOOT
}
