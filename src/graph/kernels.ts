// Registers every kernel of the trace backend with tfjs.
import * as tf from '@tensorflow/tfjs-core'
import type { Value } from './graph-builder.ts'
import { createKernels } from './kernels/create.ts'
import { elementwiseKernels } from './kernels/elementwise.ts'
import { gatherKernels } from './kernels/gather.ts'
import type { Kernel, KernelTable } from './kernels/kernel.ts'
import { matmulKernels } from './kernels/matmul.ts'
import { normaliseKernels } from './kernels/normalise.ts'
import { reduceKernels } from './kernels/reduce.ts'
import { shapeKernels } from './kernels/shape.ts'
import { BACKEND_NAME, type TraceBackend } from './trace-backend.ts'

const KERNELS: KernelTable = {
  ...elementwiseKernels,
  ...shapeKernels,
  ...gatherKernels,
  ...createKernels,
  ...reduceKernels,
  ...matmulKernels,
  ...normaliseKernels,
}

/** What the tracer understands. tfjs refuses any other kernel with an error that names it. */
export const kernelNames = Object.keys(KERNELS)

for (const [kernelName, kernel] of Object.entries(KERNELS))
  tf.registerKernel({ kernelName, backendName: BACKEND_NAME, kernelFunc: adapt(kernel) })

/** Gives a kernel values instead of tfjs tensors, and stores what it returns. */
function adapt(kernel: Kernel): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const trace = backend as TraceBackend
    if (!trace.graph) throw new Error('the onnx-trace backend works inside traceGraph only')
    const result = kernel(valuesOf(trace, inputs) as never, (attrs ?? {}) as never, trace.graph)
    return Array.isArray(result) ? result.map((value) => trace.store(value)) : trace.store(result)
  }
}

/** Inputs by name; Concat, Pack and AddN pass a list instead, optional inputs may be absent. */
function valuesOf(trace: TraceBackend, inputs: tf.NamedTensorInfoMap): Value[] | Record<string, Value> {
  if (Array.isArray(inputs)) return inputs.map((input: tf.TensorInfo) => trace.value(input))
  const present = Object.entries(inputs).filter(([, input]) => input !== undefined && input !== null)
  return Object.fromEntries(present.map(([name, input]) => [name, trace.value(input!)]))
}
