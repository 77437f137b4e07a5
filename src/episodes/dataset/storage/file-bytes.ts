// Bytes of an HDF5 file by their address, read one piece at a time. What lies outside of the file is an error, so that no
// damaged length is believed.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const SIGNATURE = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
/** A block of the user's own may come first; addresses count from the signature. */
const SIGNATURE_PLACES = [0, 512, 1024, 2048]
/** Where the superblock has the bytes of an address, by its version. */
const ADDRESS_SIZE_AT = [13, 13, 9, 9]
const UNDEFINED = 0xffff_ffff_ffff_ffffn

export class FileBytes {
  private readonly file: number
  private readonly size: number
  private readonly start: number

  /** Error for what is no HDF5 file, or one whose addresses are no 8 bytes. */
  constructor(path: string) {
    this.file = openSync(path, 'r')
    try {
      this.size = fstatSync(this.file).size
      this.start = this.findStart()
      this.checkAddresses()
    } catch (error) {
      this.close()
      throw error
    }
  }

  at(address: number, length: number): DataView {
    const bytes = this.read(this.start + address, length)
    return new DataView(bytes.buffer, bytes.byteOffset, length)
  }

  close(): void {
    closeSync(this.file)
  }

  private read(place: number, length: number): Buffer {
    if (!(place >= 0 && length >= 0 && place + length <= this.size)) throw new Error('the file is damaged')
    const bytes = Buffer.alloc(length)
    if (readSync(this.file, bytes, 0, length, place) < length) throw new Error('the file is cut off')
    return bytes
  }

  private findStart(): number {
    const length = SIGNATURE.length
    const start = SIGNATURE_PLACES.find(
      (at) => at + length <= this.size && this.read(at, length).equals(SIGNATURE),
    )
    if (start === undefined) throw new Error('is not an HDF5 file')
    return start
  }

  private checkAddresses(): void {
    const at = ADDRESS_SIZE_AT[this.at(8, 1).getUint8(0)]
    const size = at === undefined ? undefined : this.at(at, 1).getUint8(0)
    if (size !== 8) throw new Error('has a superblock of an unknown kind')
  }
}

/** undefined: nothing was ever stored. */
export function addressIn(view: DataView, at: number): number | undefined {
  const address = view.getBigUint64(at, true)
  return address === UNDEFINED ? undefined : Number(address)
}

/** The four letters that most structures begin with. */
export function checkLetters(view: DataView, letters: string): void {
  const given = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset, 4))
  if (given !== letters) throw new Error(`the file is damaged: no ${letters} where one should be`)
}

/** Addresses of blocks, each of which is reached once in a sound file: so no damaged one is walked for ever. */
export function onlyOnce(): (address: number | undefined) => number {
  const seen = new Set<number>()
  return (address) => {
    if (address === undefined || seen.has(address))
      throw new Error('the file is damaged: an index that loops')
    seen.add(address)
    return address
  }
}
