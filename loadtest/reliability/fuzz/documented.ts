// Routes and statuses as openapi/openapi.json has them.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Operation } from '../../../src/api/stream.ts'

interface Documented {
  method: string
  path: RegExp
  operation: Operation | undefined
  statuses: string[]
}

type Document = {
  paths: Record<string, Record<string, { operationId?: string; responses: Record<string, unknown> }>>
}

const OPERATION_OF: Record<string, Operation> = {
  act: 'act',
  rollout: 'rollout',
  rolloutAlias: 'rollout',
  rolloutStream: 'rollout_stream',
  rolloutStreamAlias: 'rollout_stream',
  createSession: 'create',
  restoreSession: 'restore',
  stepSessions: 'step_many',
  getSession: 'get',
  closeSession: 'close',
  resetSession: 'reset',
  stepSession: 'step',
  snapshotSession: 'snapshot',
  forkSession: 'fork',
}

/** The documents describe the others, not themselves; the socket's is AsyncAPI. */
const BESIDES = ['/openapi.json', '/asyncapi.json', '/v1/stream'].map(
  (path): Documented => ({
    method: 'GET',
    path: pattern(path),
    operation: undefined,
    statuses: ['200', '101'],
  }),
)

const file = resolve(import.meta.dirname, '../../../openapi/openapi.json')
const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Document
const documented = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, { operationId = '', responses }]): Documented => ({
      method: method.toUpperCase(),
      path: pattern(path),
      operation: OPERATION_OF[operationId],
      statuses: Object.keys(responses),
    }),
  ),
)

/** The route of a request, whose path may be written in other ways. HEAD is GET without a body. */
export function routeOf(method: string, path: string): Documented | undefined {
  const [bare = ''] = path.split(/[?#;]/)
  const wanted = method === 'HEAD' ? 'GET' : method
  return [...documented, ...BESIDES].find((one) => one.method === wanted && one.path.test(plain(bare)))
}

function plain(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
