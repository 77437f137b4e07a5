// Requests and their answers, JSON or lines of JSON.
import type { Problem } from '../api/problem.ts'
import { ConnectionError, ProblemError } from './errors.ts'

export interface HttpOptions {
  /** sent as Authorization: Bearer */
  apiKey?: string | undefined
  fetch?: typeof globalThis.fetch | undefined
}

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE'
  /** goes as JSON */
  body?: object | undefined
  signal?: AbortSignal | undefined
}

export interface Http {
  /** Throws ProblemError. */
  json<T>(path: string, call?: Call): Promise<T>
  /** Each line as it comes; leaving the loop ends the request. Throws ProblemError, also in the middle. */
  lines<T>(path: string, call?: Call): AsyncGenerator<T>
}

export function http(url: string, { apiKey, fetch = globalThis.fetch }: HttpOptions): Http {
  const base = url.replace(/\/$/, '')
  const send = async (path: string, { method = 'GET', body, signal }: Call = {}): Promise<Response> => {
    const reply = await fetch.call(globalThis, base + path, {
      method,
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    })
    if (!reply.ok) throw await refusal(reply)
    return reply
  }
  return {
    json: async <T>(path: string, call?: Call) => (await (await send(path, call)).json()) as T,
    lines: async function* <T>(path: string, call?: Call) {
      for await (const line of linesOf(await send(path, call))) yield partOf<T>(line)
    },
  }
}

/** What is between us and the server may answer too, in other words. */
async function refusal(reply: Response): Promise<Error> {
  const problem = (await reply.json().catch(() => undefined)) as Partial<Problem> | undefined
  const { status } = reply
  return problem?.code ? new ProblemError(problem as Problem) : new ConnectionError(`HTTP ${status}`, status)
}

function partOf<T>(line: string): T {
  const part = JSON.parse(line) as { type?: string; problem?: Problem }
  if (part.type === 'error') throw new ProblemError(part.problem!)
  return part as T
}

async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (!body) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const lines = (rest + value).split('\n')
      rest = lines.pop()!
      yield* lines
    }
  } finally {
    await reader.cancel() // of a stream that has ended: nothing
  }
  if (rest) throw new ConnectionError('the answer ended in the middle of a line')
}
