// The messages of an object's header, both versions of it (HDF5 File Format Specification 3.0, IV.A.1).
import { addressIn, checkLetters, type FileBytes } from './file-bytes.ts'

export interface Message {
  type: number
  body: DataView
}

interface Block {
  address: number
  length: number
}

const CONTINUATION = 0x10
/** Blocks of a header; more are a loop. */
const MOST_BLOCKS = 1000

/** @param address of the header, as object references have it */
export function readMessages(file: FileBytes, address: number): Message[] {
  const old = file.at(address, 1).getUint8(0) === 1
  return old ? readVersion1(file, address) : readVersion2(file, address)
}

function readVersion1(file: FileBytes, address: number): Message[] {
  const length = file.at(address, 12).getUint32(8, true)
  return readBlocks(file, { address: address + 16, length }, (block) => messagesIn(block, 8, 2))
}

function readVersion2(file: FileBytes, address: number): Message[] {
  checkLetters(file.at(address, 4), 'OHDR')
  const flags = file.at(address, 6).getUint8(5)
  const lengthAt = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0)
  const lengthSize = 1 << (flags & 3)
  const length = littleEndian(file.at(address + lengthAt, lengthSize), lengthSize)
  const prefix = flags & 4 ? 6 : 4
  const first = { address: address + lengthAt + lengthSize, length }
  return readBlocks(file, first, (block, index) => {
    if (index > 0) checkLetters(block, 'OCHK')
    return messagesIn(index > 0 ? part(block, 4, block.byteLength - 8) : block, prefix, 1)
  })
}

/** The first block, and all that messages of continuation lead to. */
function readBlocks(
  file: FileBytes,
  first: Block,
  read: (block: DataView, index: number) => Message[],
): Message[] {
  const [blocks, messages]: [Block[], Message[]] = [[first], []]
  for (let i = 0; i < blocks.length; i++) {
    if (i === MOST_BLOCKS) throw new Error('the file is damaged: a header without an end')
    for (const message of read(file.at(blocks[i]!.address, blocks[i]!.length), i)) {
      if (message.type !== CONTINUATION) messages.push(message)
      else
        blocks.push({
          address: addressIn(message.body, 0) ?? -1,
          length: Number(message.body.getBigUint64(8, true)),
        })
    }
  }
  return messages
}

/** @param prefix bytes before a message's body; @param typeSize of these, those of its type; its length follows */
function messagesIn(block: DataView, prefix: number, typeSize: 1 | 2): Message[] {
  const messages: Message[] = []
  for (let at = 0; at + prefix <= block.byteLength; ) {
    const type = typeSize === 2 ? block.getUint16(at, true) : block.getUint8(at)
    const length = block.getUint16(at + typeSize, true)
    messages.push({ type, body: part(block, at + prefix, length) })
    at += prefix + length
  }
  return messages
}

const part = (view: DataView, at: number, length: number): DataView =>
  new DataView(view.buffer, view.byteOffset + at, length)

export function littleEndian(view: DataView, length: number): number {
  let value = 0
  for (let i = length - 1; i >= 0; i--) value = 256 * value + view.getUint8(i)
  return value
}
