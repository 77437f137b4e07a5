// The processes that a test starts, so that it can kill and stop them: it mocks start-process.ts with this.
import type { ChildProcess } from 'node:child_process'

type StartProcess = typeof import('../../../src/common/start-process.ts')

/** In the order they were started. */
export const children: ChildProcess[] = []

/** `startProcess` as it is, but every child is noted. */
export const noteChildren = ({ startProcess }: StartProcess): StartProcess => ({
  startProcess: (...from) => {
    const child = startProcess(...from)
    children.push(child)
    return child
  },
})
