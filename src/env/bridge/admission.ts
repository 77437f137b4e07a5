// Who may open a socket.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The HTTP status that refuses a request to open a socket, or undefined if it may. */
export function admission(token: string | undefined): (request: IncomingMessage) => string | undefined {
  const expected = token ? digest(`Bearer ${token}`) : undefined
  return ({ url, headers }) => {
    if (url !== '/') return '404 Not Found'
    // Web pages can reach the loopback through their visitor's browser, which sends an origin.
    if (headers.origin !== undefined) return '403 Forbidden'
    const given = digest(headers.authorization ?? '')
    return expected && !timingSafeEqual(given, expected) ? '401 Unauthorized' : undefined
  }
}

/** Of equal length whatever is given, as a comparison in constant time needs. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
