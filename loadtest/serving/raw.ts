// Processes that only step; see raw-process.ts.
import { once } from 'node:events'
import { startProcess } from '../../src/common/start-process.ts'
import type { RawFigures, RawModel, RawSlice } from './raw-process.ts'

export interface Raw {
  slice(slice: RawSlice): Promise<RawFigures>
  close(): void
}

export async function startRaw(model: RawModel): Promise<Raw> {
  const child = startProcess('./raw-process', import.meta.url)
  const ended = once(child, 'exit').then(() => {
    throw new Error('the raw process ended')
  })
  ended.catch(() => {}) // told to whoever waits for a figure
  const ask = async <T>(message: object): Promise<T> => {
    const answer = once(child, 'message')
    child.send(message)
    return ((await Promise.race([answer, ended])) as [T])[0]
  }
  await ask(model)
  return { slice: (slice) => ask<RawFigures>(slice), close: () => child.disconnect() }
}
