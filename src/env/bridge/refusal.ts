// What a server answers instead: a code of docs/bridge.md and a sentence. Nothing of the inside goes out; what nobody
// foresaw is logged and called `internal`.
import { DimaError, type ErrorCode } from '../../common/errors.ts'
import type { BridgeErrorCode } from './messages.ts'

export class BridgeRefusal extends Error {
  override readonly name = 'BridgeRefusal'
  readonly code: BridgeErrorCode
  /** Whether the socket is closed after it. */
  readonly fatal: boolean

  constructor(code: BridgeErrorCode, message: string, fatal = false) {
    super(message)
    this.code = code
    this.fatal = fatal
  }
}

/** Errors that speak of the client's own request, so that their words may go out. */
const CODES: Partial<Record<ErrorCode, BridgeErrorCode>> = {
  unknown_task: 'unknown_env',
  invalid_config: 'invalid_request',
  invalid_request: 'invalid_request',
  bridge_protocol: 'invalid_request',
  unknown_agent: 'invalid_action',
  invalid_shape: 'invalid_action',
  not_finite: 'invalid_action',
  no_episode: 'no_episode',
  simulation_failed: 'env_failed',
}

/** @param log hears of what is not the client's fault */
export function refusalOf(error: unknown, log: (error: unknown) => void): BridgeRefusal {
  if (error instanceof BridgeRefusal) return error
  const code = error instanceof DimaError ? codeOf(error) : undefined
  if (code) return new BridgeRefusal(code, (error as DimaError).message)
  log(error)
  return new BridgeRefusal('internal', 'something went wrong; the log of the server has it')
}

function codeOf({ code, details }: DimaError): BridgeErrorCode | undefined {
  const inActions = code === 'bridge_protocol' && details.field?.startsWith('actions')
  return inActions ? 'invalid_action' : CODES[code]
}

/** What is no message: there is no id to answer, and no telling what comes next. */
export const noMessage = (why: string): BridgeRefusal => new BridgeRefusal('invalid_request', why, true)
