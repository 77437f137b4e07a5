// HTTP as lean as a generator needs it: bodies that are already encoded, replies that are read and not parsed.
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { Unpackr } from 'msgpackr'
import { DimaError } from '../../src/common/errors.ts'
import { type Answer, failed } from '../target.ts'

export const ENCODINGS = ['json', 'msgpack'] as const
export type Encoding = (typeof ENCODINGS)[number]

export interface Server {
  /** for example http://127.0.0.1:8080 */
  url: string
  key?: string
  encoding: Encoding
}

export interface Rest {
  /** Posts an encoded body; the steps are what a good answer is worth. */
  post(path: string, body: Buffer, steps: number, done: (answer: Answer) => void): void
  /** For everything before and after the measurement: JSON. Throws what the server says. */
  call<T>(method: string, path: string, body?: object): Promise<T>
  close(): void
}

export function openRest({ url, key, encoding }: Server): Rest {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 4096 })
  const { hostname, port } = new URL(url)
  const common = { agent, hostname: hostname.replace(/[[\]]/g, ''), port }
  const headers = {
    'content-type': `application/${encoding}`,
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  }
  return {
    post(path, body, steps, done) {
      const asked = request({
        ...common,
        method: 'POST',
        path,
        headers: { ...headers, 'content-length': body.length },
      })
      settle(asked, steps, done)
      asked.end(body)
    },
    call: (method, path, body) => callJson(url, { method, path, ...(key ? { key } : {}) }, body),
    close: () => agent.destroy(),
  }
}

function settle(asked: ClientRequest, steps: number, done: (answer: Answer) => void): void {
  let settled = false
  const once = (answer: Answer) => {
    if (!settled) done(answer)
    settled = true
  }
  asked.on('error', () => once(failed('lost')))
  asked.on('response', (reply) => {
    reply.on('error', () => once(failed('lost')))
    if (reply.statusCode! < 300) {
      reply.resume()
      reply.on('end', () => once({ code: 'ok', steps, ...timingIn(reply.headers['server-timing']) }))
    } else readProblem(reply, once)
  })
}

function readProblem(reply: IncomingMessage, done: (answer: Answer) => void): void {
  const chunks: Buffer[] = []
  reply.on('data', (chunk: Buffer) => chunks.push(chunk))
  reply.on('end', () => {
    const code = codeIn(Buffer.concat(chunks)) ?? `http_${reply.statusCode}`
    done(failed(code, reply.headers['retry-after'] !== undefined))
  })
}

const unpackr = new Unpackr({ useRecords: false })

function codeIn(body: Buffer): string | undefined {
  try {
    const problem = body[0] === 0x7b ? JSON.parse(body.toString()) : unpackr.unpack(body)
    return (problem as { code?: string }).code
  } catch {
    return undefined
  }
}

/** `queue;dur=1.2, compute;dur=3, total;dur=4.5` */
export function timingIn(header: string | string[] | undefined): Omit<Answer, 'code' | 'steps'> {
  const duration = (name: string) =>
    Number(new RegExp(`\\b${name};dur=([\\d.]+)`).exec(String(header ?? ''))?.[1] ?? 0)
  return { queueMs: duration('queue'), computeMs: duration('compute'), totalMs: duration('total') }
}

interface Call {
  method: string
  path: string
  key?: string
}

async function callJson<T>(url: string, { method, path, key }: Call, body?: object): Promise<T> {
  const reply = await fetch(url + path, {
    method,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch(() => {
    throw new DimaError('invalid_config', `no server answers at ${url}`, { field: 'url' })
  })
  const answer = (await reply.json()) as { code?: string; detail?: string }
  if (!reply.ok) throw new Error(`${method} ${path}: ${answer.code}: ${answer.detail}`)
  return answer as T
}
