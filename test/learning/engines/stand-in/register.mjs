// For processes that are started with --import: the stand-in is found where the package would be.
import { register } from 'node:module'

const url = JSON.stringify(new URL('tfjs-node-gpu.cjs', import.meta.url).href)
const resolve = `(name, context, next) =>
  name === '@tensorflow/tfjs-node-gpu' ? { url: ${url}, shortCircuit: true } : next(name, context)`
register(`data:text/javascript,export const resolve = ${encodeURIComponent(resolve)}`)
