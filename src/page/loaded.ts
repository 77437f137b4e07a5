// What is asked of the server once, and what became of it.
import { useEffect, useState } from 'preact/hooks'
import { ProblemError } from '../client/errors.ts'

export type Loaded<T> =
  | { state: 'loading' }
  | { state: 'there'; value: T }
  | { state: 'locked' }
  | { state: 'failed'; why: string }

const LOADING = { state: 'loading' } as const
/** Until a server that is loading, or does not answer, is asked again. */
const AGAIN_MS = 1000

/** Asks again when one of `inputs` changes; an answer to what was asked before is dropped. */
export function useLoaded<T>(ask: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [kept, keep] = useState<{ inputs: readonly unknown[]; loaded: Loaded<T> }>()
  useEffect(() => {
    let wanted = true
    let again: ReturnType<typeof setTimeout> | undefined
    const tell = (loaded: Loaded<T>) => wanted && keep({ inputs, loaded })
    const request = () =>
      ask().then(
        (value) => tell({ state: 'there', value }),
        (error) => {
          const loading = isBeingLoaded(error)
          if (!loading) tell(failure(error))
          if (wanted && (loading || isSilent(error))) again = setTimeout(request, AGAIN_MS)
        },
      )
    void request()
    return () => {
      wanted = false
      clearTimeout(again)
    }
  }, inputs)
  return kept?.inputs.every((value, i) => value === inputs[i]) ? kept.loaded : LOADING
}

const isBeingLoaded = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.code === 'not_ready'

const isSilent = (error: unknown): boolean => !(error instanceof ProblemError)

function failure(error: unknown): { state: 'locked' } | { state: 'failed'; why: string } {
  if (!(error instanceof ProblemError))
    return { state: 'failed', why: 'The server does not answer. Trying again…' }
  const { code, detail } = error.problem
  return code === 'unauthenticated' ? { state: 'locked' } : { state: 'failed', why: detail }
}
