// Reads the responses that a connection carried, whole or cut off.
export interface Response {
  status: number
  headers: Record<string, string>
  body: Buffer
}

const END = Buffer.from('\r\n\r\n')

/** Without those of 1xx, but for an upgrade's, whose body is all that follows. */
export function responsesIn(bytes: Buffer): Response[] {
  const responses: Response[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(END, at)
    if (end < 0) break
    const { status, headers } = headOf(bytes.subarray(at, end).toString('latin1'))
    const from = end + END.length
    const { body, next } = bodyAt(bytes, from, status, headers)
    if (status === 101 || status >= 200) responses.push({ status, headers, body })
    at = next
  }
  return responses
}

function headOf(text: string): Pick<Response, 'status' | 'headers'> {
  const [first = '', ...lines] = text.split('\r\n')
  const headers = lines.map((line) => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers: Object.fromEntries(headers) }
}

function bodyAt(bytes: Buffer, from: number, status: number, headers: Response['headers']) {
  if (status === 101) return { body: bytes.subarray(from), next: bytes.length }
  if (status < 200) return { body: Buffer.alloc(0), next: from }
  if (headers['transfer-encoding'] === 'chunked') return chunksAt(bytes, from)
  const length = Number(headers['content-length'] ?? 0)
  return { body: bytes.subarray(from, from + length), next: from + length }
}

function chunksAt(bytes: Buffer, from: number) {
  const parts: Buffer[] = []
  let at = from
  for (;;) {
    const end = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16)
    if (end < 0 || Number.isNaN(size)) return { body: Buffer.concat(parts), next: bytes.length }
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
    if (size === 0) return { body: Buffer.concat(parts), next: at }
  }
}
