// The thread of decoder.ts: bytes in, a packed value or an error out.
import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { type SentError, sentError } from '../../common/calls.ts'
import { decode, type Format } from './decode.ts'
import { type Packed, pack } from './pack.ts'

export interface Task {
  bytes: Uint8Array
  format: Format
}

export type Result = { packed: Packed } | { error: SentError }

// On Linux this thread's alone: the event loop comes first where processors are scarce.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

parentPort!.on('message', ({ bytes, format }: Task) => {
  const result = resultOf(bytes, format)
  parentPort!.postMessage(result, 'packed' in result ? [result.packed.numbers.buffer] : [])
})

function resultOf(bytes: Uint8Array, format: Format): Result {
  try {
    return { packed: pack(decode(bytes, format)) }
  } catch (error) {
    return { error: sentError(error) }
  }
}
