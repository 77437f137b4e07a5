// What ONNX Runtime runs of a graph: the nodes that are left when it has folded, fused and dropped what it can. On a
// device apart from the main memory every node costs some microseconds, whatever it computes.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeModel } from '../graph/onnx.ts'
import { type GraphSessionOptions, openGraphSession } from './session.ts'

/** Nodes by operation, most first. Bodies of loops are not looked into. */
export async function optimisedOperations(
  graph: Uint8Array,
  options: GraphSessionOptions = {},
): Promise<Map<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'optimised-'))
  try {
    const path = join(folder, 'graph.onnx')
    const session = await openGraphSession(graph, { ...options, optimisedPath: path })
    await session.release()
    return byOperation(decodeModel(await readFile(path)).graph.node.map(({ opType }) => opType))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function byOperation(operations: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const operation of operations) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  return new Map([...counts].sort(([, a], [, b]) => b - a))
}
