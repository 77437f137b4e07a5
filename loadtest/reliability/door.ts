// The two ways into a server, with one set of words: an operation and its fields go in, a reply or a refusal comes out.
import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import WebSocket from 'ws'
import type { Problem } from '../../src/api/problem.ts'

/** Operations of the socket that a client here asks for. */
export type Asked =
  | 'create'
  | 'get'
  | 'reset'
  | 'step'
  | 'snapshot'
  | 'restore'
  | 'fork'
  | 'close'
  | 'rollout'

export interface Door {
  /** Throws Refused, or Lost when there will be no answer. */
  ask<T>(operation: Asked, fields: object, signal?: AbortSignal): Promise<T>
  close(): void
}

export interface Address {
  url: string
  key?: string
}

/** The server answered with an error. */
export class Refused extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`)
    this.problem = problem
  }
}

/** The connection broke before the answer. */
export class Lost extends Error {}

export const headersOf = ({ key }: Address): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` }

const ROUTES: Record<Asked, (id: string) => [method: string, path: string]> = {
  create: () => ['POST', '/v1/sessions'],
  restore: () => ['POST', '/v1/sessions/restore'],
  rollout: () => ['POST', '/v1/rollout'],
  get: (id) => ['GET', `/v1/sessions/${id}`],
  close: (id) => ['DELETE', `/v1/sessions/${id}`],
  reset: (id) => ['POST', `/v1/sessions/${id}/reset`],
  step: (id) => ['POST', `/v1/sessions/${id}/step`],
  snapshot: (id) => ['POST', `/v1/sessions/${id}/snapshot`],
  fork: (id) => ['POST', `/v1/sessions/${id}/fork`],
}

/** Connections are kept until close(); requests abort with their signal. */
export function restDoor(address: Address): Door {
  const agent = new Agent({ keepAlive: true })
  return {
    close: () => agent.destroy(),
    async ask<T>(operation: Asked, fields: object, signal?: AbortSignal): Promise<T> {
      const { session_id = '', ...body } = fields as { session_id?: string }
      const [method, path] = ROUTES[operation](session_id)
      const text = method === 'POST' ? JSON.stringify(body) : undefined
      const headers = { ...headersOf(address), ...(text ? { 'content-type': 'application/json' } : {}) }
      const asked = request(address.url + path, { method, agent, headers, ...(signal ? { signal } : {}) })
      asked.end(text)
      const { status, answer } = await answerTo(asked)
      if (status >= 400) throw new Refused(answer as Problem)
      return answer as T
    },
  }
}

async function answerTo(asked: ClientRequest): Promise<{ status: number; answer: unknown }> {
  try {
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    return { status: response.statusCode!, answer: JSON.parse(text) }
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new Lost(String(error))
  }
}

interface Waiting {
  resolve: (reply: never) => void
  reject: (error: Error) => void
}

/** One socket, JSON, pipelined. The signal is not used: what is asked is answered. */
export async function socketDoor(address: Address): Promise<Door & { socket: WebSocket }> {
  const socket = await openSocket(address)
  const waiting = new Map<number, Waiting>()
  let requests = 0
  socket.on('message', (data: Buffer) => {
    const { type, id, problem, ...reply } = JSON.parse(data.toString())
    const asked = waiting.get(id)
    if (!asked || type === 'event') return // the metadata has no id
    waiting.delete(id)
    if (type === 'error') asked.reject(new Refused(problem))
    else asked.resolve(reply as never)
  })
  socket.on('close', (code) => {
    for (const { reject } of waiting.values()) reject(new Lost(`closed with ${code}`))
    waiting.clear()
  })
  return {
    socket,
    close: () => socket.close(),
    ask: (operation, fields) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) return reject(new Lost('not open'))
        const id = ++requests
        waiting.set(id, { resolve, reject })
        socket.send(JSON.stringify({ type: operation, id, ...fields }))
      }),
  }
}

export const streamUrl = ({ url }: Address): string => `${url.replace('http', 'ws')}/v1/stream`

/** Throws Lost when it is not opened. */
export async function openSocket(address: Address, protocols: string[] = []): Promise<WebSocket> {
  const options = { headers: headersOf(address), perMessageDeflate: false }
  const socket = new WebSocket(streamUrl(address), protocols, options)
  try {
    await once(socket, 'open')
  } catch (error) {
    throw new Lost(String(error))
  }
  socket.on('error', () => {}) // its close is what counts
  return socket
}
