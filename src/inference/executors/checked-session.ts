// A session that is not trusted: what its graph declares is compared with the manifest, and so is everything that it
// computes.
import { DimaError } from '../../common/errors.ts'
import { sizeOf } from '../../common/tensors.ts'
import {
  type Declared,
  type GraphSession,
  type GraphSessionOptions,
  openGraphSession,
} from '../../engine/session.ts'
import { type BundleGraph, graphFile } from '../../registry/manifest.ts'
import { differs, signatureOf } from '../../registry/signatures.ts'

/**
 * @param doing told of the file before the engine is asked for something, which may never end
 * Throws DimaError `invalid_bundle`; so do runs whose outputs are not what the manifest says.
 */
export async function openChecked(
  name: string,
  bytes: Uint8Array,
  listed: Pick<BundleGraph, 'inputs' | 'outputs'>,
  doing: (file: string) => void,
  options: GraphSessionOptions = {},
): Promise<GraphSession> {
  const { device = 'cpu' } = options
  const where = device === 'cpu' ? '' : ` on ${device}` // where another device may do better
  const file = graphFile(name)
  doing(file)
  const session = await openGraphSession(bytes, options).catch(() => {
    throw invalid(`${file} is no graph that the engine can load${where}`)
  })
  checkDeclared(file, session.inputs, listed.inputs)
  checkDeclared(file, session.outputs, listed.outputs)
  return {
    ...session,
    run: async (inputs) => {
      doing(file)
      const outputs = await session.run(inputs).catch(() => {
        throw invalid(`${file} fails when it is run${where}`)
      })
      const rows = Object.values(inputs)[0]!.shape[0]!
      for (const { name: output, shape } of listed.outputs) {
        const wanted = shape.map((size) => (typeof size === 'number' ? size : rows))
        checkOutput(`output ${output} of ${file}`, outputs[output], wanted)
      }
      return outputs
    },
  }
}

function checkDeclared(file: string, declared: Declared[], listed: BundleGraph['inputs']): void {
  const odd = declared.find(({ type }) => type !== 'float32')
  if (odd) throw invalid(`${file}: ${odd.name} is ${odd.type}, not float32`)
  // A free size has any name in a graph.
  const found = declared.map(({ name, shape }) => {
    const own = listed.find((one) => one.name === name)?.shape ?? []
    const free = (axis: number) => (own[axis] === 'positions' ? ('positions' as const) : ('batch' as const))
    return {
      name,
      dtype: 'float32' as const,
      shape: shape.map((size, axis) => (typeof size === 'number' ? size : free(axis))),
    }
  })
  const asInputs = (inputs: BundleGraph['inputs']) => signatureOf({ inputs, outputs: [] })
  const wrong = differs(asInputs(found), asInputs(listed), 'its lists in the manifest')
  if (wrong) throw invalid(`${file}: ${wrong.replace(/^input /, '')}`)
}

function checkOutput(
  what: string,
  output: { data: Float32Array; shape: number[] } | undefined,
  wanted: number[],
): void {
  const shape = output?.shape ?? []
  if (shape.join() !== wanted.join())
    throw invalid(`${what} is [${shape.join(', ')}], expected [${wanted.join(', ')}]`)
  if (output?.data.length !== sizeOf(wanted)) throw invalid(`${what} has not the numbers of its shape`)
  if (!output.data.every(Number.isFinite)) throw invalid(`${what} has a number that is not finite`)
}

const invalid = (reason: string): DimaError => new DimaError('invalid_bundle', reason)
