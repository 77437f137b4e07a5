// What every answer must hold to, whatever was asked: only documented statuses and codes, errors as documented, and
// nothing of the inside of the server, of its machine, or of anybody else.
import { Unpackr } from 'msgpackr'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { KserveProblem } from '../../../src/api/kserve.ts'
import { Problem } from '../../../src/api/problem.ts'
import { OPERATIONS, type Operation, replySchema, StreamError, StreamEvent } from '../../../src/api/stream.ts'
import { ERRORS } from '../../../src/common/error-table.ts'
import type { ErrorCode } from '../../../src/common/errors.ts'
import { parseJson } from '../../../src/common/json.ts'
import type { Case } from './cases.ts'
import { routeOf } from './documented.ts'
import { leaksIn } from './leaks.ts'
import type { Answer } from './send.ts'

export interface Verdict {
  /** `ok`, an error's code, or what else became of it */
  outcome: string
  wrong: string[]
}

/** A client may close a socket for these reasons: what was sent is no frame of a message. */
const CLOSE_CODES = [1002, 1006, 1007, 1009]

/** @param secrets that only others know */
export function judge(one: Case, answer: Answer, secrets: readonly string[]): Verdict {
  if (answer.kind === 'http') return judgeHttp(one, answer, secrets)
  if (answer.kind === 'frame') return judgeFrame(one, answer, secrets)
  if (answer.kind === 'silent') return { outcome: 'silent', wrong: ['it was never answered'] }
  if (answer.kind === 'unsendable') return { outcome: 'unsendable', wrong: [] }
  return { outcome: 'closed', wrong: mayClose(one, answer.code) ? [] : [`closed with ${answer.code}`] }
}

function mayClose(one: Case, code: number | undefined): boolean {
  if (one.kind === 'frame') return code !== undefined && CLOSE_CODES.includes(code)
  return one.kind === 'raw'
}

type Of<K extends Answer['kind']> = Extract<Answer, { kind: K }>

function judgeHttp(one: Case, { status, headers, body }: Of<'http'>, secrets: readonly string[]): Verdict {
  const wrong = leaksIn(one, `${JSON.stringify(headers)} ${body.toString()}`, secrets)
  if (status >= 400) {
    const refusal = judgeRefusal(one, status, headers, body)
    return { outcome: refusal.outcome, wrong: [...wrong, ...refusal.wrong] }
  }
  const route = one.kind === 'http' ? routeOf(one.method, one.path) : undefined
  if (route) wrong.push(...judgeReply(route, status, headers, body))
  else if (one.kind === 'http') wrong.push(`${status} for a page that is not documented`)
  else if (![101, 200, 201].includes(status)) wrong.push(`status ${status}`)
  return { outcome: status === 101 ? 'upgraded' : 'ok', wrong }
}

function judgeRefusal(one: Case, status: number, headers: Record<string, string>, body: Buffer): Verdict {
  if (one.kind === 'http' && one.method === 'HEAD') return { outcome: `HEAD ${status}`, wrong: [] }
  const { 'content-type': type = '', 'retry-after': retry } = headers
  const problem = parseJson(body.toString())
  if (!type.startsWith('application/problem+json'))
    return { outcome: `${status}`, wrong: [`${status} as ${type || 'nothing'}`] }
  const schema = (problem as { error?: unknown })?.error === undefined ? Problem : KserveProblem
  const wrong = [...violations(schema, problem), ...judgeCode(problem, status)]
  if ([429, 503].includes(status) && !(Number(retry) >= 1)) wrong.push(`${status} without Retry-After`)
  return { outcome: String((problem as { code?: string } | undefined)?.code), wrong }
}

/** The one table of errors; a server's own fault is only what it documents as passing. */
function judgeCode(problem: unknown, status: number): string[] {
  const { code = '', status: said } = (problem ?? {}) as Partial<Problem>
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].status : undefined
  const wrong: string[] = []
  if (known === undefined) wrong.push(`code ${code} is not in the table`)
  // HTTP has more ways to be wrong than the table has codes.
  else if (known !== status && !(code === 'invalid_request' && status < 500))
    wrong.push(`${code} with ${status}`)
  if (said !== status) wrong.push(`status ${said} in the body, ${status} outside`)
  if (status >= 500 && status !== 503 && status !== 504) wrong.push(`${status} ${code}`)
  return wrong
}

function judgeReply(
  { operation, statuses }: { operation: Operation | undefined; statuses: string[] },
  status: number,
  { 'content-type': type = '' }: Record<string, string>,
  body: Buffer,
): string[] {
  if (!statuses.includes(String(status))) return [`status ${status} is not documented`]
  if (type.startsWith('application/x-ndjson')) return judgeLines(body.toString())
  if (!operation || body.length === 0 || !type.startsWith('application/json')) return []
  return violations(OPERATIONS[operation].reply, parseJson(body.toString()))
}

/** A streamed rollout: its last line is its end or an error. */
function judgeLines(text: string): string[] {
  const lines = text.trimEnd().split('\n').map(parseJson) as { type?: string; problem?: Problem }[]
  const last = lines.at(-1)
  if (last?.type === 'end') return violations(OPERATIONS.rollout_stream.reply, last)
  if (last?.type !== 'error') return ['the lines have no end']
  return [...violations(Problem, last.problem), ...judgeCode(last.problem, last.problem?.status ?? 0)]
}

const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true })

function judgeFrame(one: Case, { data, binary }: Of<'frame'>, secrets: readonly string[]): Verdict {
  const wrong = leaksIn(one, data.toString(binary ? 'latin1' : 'utf8'), secrets)
  const message = (binary ? unpacked(data) : parseJson(data.toString())) as {
    type?: string
    op?: Operation
    problem?: Problem
  }
  if (message?.type === 'error') {
    const { problem } = message
    const outcome = String(problem?.code)
    return {
      outcome,
      wrong: [...wrong, ...violations(StreamError, message), ...judgeCode(problem, problem?.status ?? 0)],
    }
  }
  if (message?.type === 'event')
    return { outcome: 'event', wrong: [...wrong, ...(binary ? [] : violations(StreamEvent, message))] }
  if (message?.type === 'metadata') return { outcome: 'metadata', wrong }
  if (message?.type !== 'reply' || !replySchemas.has(message.op ?? ''))
    return { outcome: 'other', wrong: [...wrong, 'neither reply nor error'] }
  // Tensors in msgpack are not what the schema of JSON says.
  return {
    outcome: 'ok',
    wrong: [...wrong, ...(binary ? [] : violations(replySchemas.get(message.op!)!, message))],
  }
}

const replySchemas = new Map<string, TSchema>(
  (Object.keys(OPERATIONS) as Operation[]).map((operation) => [operation, replySchema(operation)]),
)

const validators = new Map<TSchema, Validator>()

function violations(schema: TSchema, value: unknown): string[] {
  const validator = validators.get(schema) ?? (Compile(schema) as unknown as Validator)
  validators.set(schema, validator)
  if (validator.Check(value)) return []
  const [error] = validator.Errors(value)
  return [`not as documented: ${error?.instancePath} ${error?.message}`]
}

function unpacked(data: Buffer): unknown {
  try {
    return unpackr.unpack(data)
  } catch {
    return undefined
  }
}
