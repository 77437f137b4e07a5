// Brings a bundle into an executor: its graphs piece by piece, so that the event loop has its turn between them, then
// the word to load them.
import type { Executor } from './executor.ts'
import type { LoadedBundle, RefusedBundle } from './messages.ts'

/** Copied into a message at once: well under a millisecond. */
const PIECE_BYTES = 1024 * 1024

export async function loadInto(executor: Executor, bundle: LoadedBundle): Promise<RefusedBundle | undefined> {
  const { graphs, ...rest } = bundle
  for (const [graph, bytes] of Object.entries(graphs))
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES)
      await executor.call('piece', {
        digest: bundle.digest,
        graph,
        size: bytes.length,
        offset,
        bytes: bytes.subarray(offset, offset + PIECE_BYTES),
      })
  return (await executor.call('load', { bundle: rest })).refused
}
