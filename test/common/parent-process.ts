// Starts two children that are busy for ever and tells their process ids.
import { once } from 'node:events'
import { startProcess } from '../../src/common/start-process.ts'

const children = [0, 1].map(() => startProcess('./busy-process', import.meta.url, () => {}))
await Promise.all(children.map((child) => once(child, 'message')))
process.send!(children.map(({ pid }) => pid))
