// What the other side sent and docs/bridge.md does not allow. On the client it ends the connection, on the server it is
// the answer to the request.
import { DimaError } from '../../common/errors.ts'

/**
 * @param field where it stands in the message, `obs.agent_0` for example
 * @param problem reads on from the field
 * @param given as it was read: it is told in a few words
 */
export function protocolError(field: string, problem: string, expected: unknown, given: unknown): DimaError {
  const told = describe(given)
  const message = `${field} ${problem}: expected ${asText(expected)}, given ${asText(told)}`
  return new DimaError('bridge_protocol', message, { field, expected, given: told })
}

const asText = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? `[${value.map(asText).join(', ')}]`
      : String(value)

function describe(value: unknown): unknown {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return shorten(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object') return value
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (!Array.isArray(value)) return 'a map'
  return value.length <= 8 ? value.map(describe) : `a list of ${value.length}`
}

/** Text of the other side that people will read: short, and without what a terminal would obey. */
export const shorten = (text: string, most = 80): string => {
  const printable = text.replace(/\p{C}+/gu, ' ')
  return printable.length > most ? `${printable.slice(0, most)}…` : printable
}
