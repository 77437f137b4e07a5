// A case and its answer in a line, for a person to read.
import type { Case } from './cases.ts'
import type { Answer } from './send.ts'

export function preview(one: Case | undefined): string {
  if (!one) return 'nothing'
  if (one.kind === 'frame') return `frame ${JSON.stringify(one.data.toString('latin1').slice(0, 400))}`
  if (one.kind === 'raw')
    return `raw ${JSON.stringify(Buffer.concat(one.parts).toString('latin1').slice(0, 400))}`
  const { method, path, headers, body } = one
  const { authorization: _, ...others } = headers
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(others).slice(0, 200)} ${JSON.stringify(body?.toString('latin1').slice(0, 400))}`
}

export function previewOf(answer: Answer): string {
  if (answer.kind === 'http') return `${answer.status} ${answer.body.toString('latin1').slice(0, 400)}`
  return answer.kind === 'frame' ? answer.data.toString('latin1').slice(0, 400) : answer.kind
}
