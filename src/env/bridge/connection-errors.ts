// How a connection ends or a request is refused, in words for whoever started the run.
import { DimaError } from '../../common/errors.ts'
import { MOST_BYTES } from './limits.ts'
import { protocolError, shorten } from './protocol-error.ts'

/** @param what was due, if anything */
export function lostError(place: string, what: string | undefined, why: string): DimaError {
  const doing = what ? `waiting for the answer to ${what}` : 'nothing was asked'
  return new DimaError('bridge_lost', `${place} is lost while ${doing}: ${shorten(why, 200).trimEnd()}`, {
    field: 'url',
    given: place,
  })
}

/** What the other side says of itself; that an episode must be begun first is known here too. */
export function refusedError(
  place: string,
  what = 'the connection',
  code: string,
  message: string,
): DimaError {
  const [name, text] = [shorten(code), shorten(message, 500)]
  if (name === 'no_episode') return new DimaError('no_episode', text)
  return new DimaError('bridge_refused', `${place} refused ${what}: ${text} (${name})`, {
    field: what,
    given: name,
  })
}

/** @param code of the package ws */
export const frameError = (code: string): DimaError =>
  code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    ? protocolError('frame', 'is too large', `at most ${MOST_BYTES} bytes`, 'more')
    : protocolError('frame', 'is wrong', 'a WebSocket frame', code)

/** A url without what may be secret in it. DimaError `invalid_config`. */
export function placeOf(url: string): string {
  const { protocol, host, pathname, hash } = parse(url)
  if (/^wss?:$/.test(protocol) && !hash) return `${protocol}//${host}${pathname}`
  throw badUrl(`${protocol}//${host}${pathname}${hash}`)
}

function parse(url: string): URL {
  try {
    return new URL(url)
  } catch {
    throw badUrl('no url') // it may hold a password
  }
}

const badUrl = (given: string): DimaError =>
  new DimaError('invalid_config', `a bridge has a url like ws://127.0.0.1:8765, not ${given}`, {
    field: 'url',
    expected: 'ws: or wss:',
    given,
  })

/** What shows the token to the server. DimaError `invalid_config`, which doesn't quote it. */
export function headersOf(token: string | undefined): Record<string, string> {
  if (token === undefined) return {}
  if (/^[\x21-\x7e]+$/.test(token)) return { authorization: `Bearer ${token}` }
  throw new DimaError('invalid_config', 'a token has printable ASCII characters alone', { field: 'token' })
}
