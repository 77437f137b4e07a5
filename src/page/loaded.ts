// What is asked of the server once, and what became of it.
import { useEffect, useState } from 'preact/hooks'
import { ProblemError } from '../client/errors.ts'

export type Loaded<T> =
  | { state: 'loading' }
  | { state: 'there'; value: T }
  | { state: 'locked' }
  | { state: 'failed'; why: string }

/** Asks again when one of `inputs` changes; an answer to what was asked before is dropped. */
export function useLoaded<T>(ask: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' })
  useEffect(() => {
    let wanted = true
    const tell = (now: Loaded<T>) => wanted && setLoaded(now)
    tell({ state: 'loading' })
    ask().then(
      (value) => tell({ state: 'there', value }),
      (error) => tell(failure(error)),
    )
    return () => {
      wanted = false
    }
  }, inputs)
  return loaded
}

function failure(error: unknown): { state: 'locked' } | { state: 'failed'; why: string } {
  if (!(error instanceof ProblemError)) return { state: 'failed', why: 'The server does not answer.' }
  const { code, detail } = error.problem
  return code === 'unauthenticated' ? { state: 'locked' } : { state: 'failed', why: detail }
}
