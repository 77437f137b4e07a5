// How a contract is found broken: one kind of error, which names the call, the part of its answer and the agent.
import { DimaError, type ErrorCode, type ErrorDetails } from '../../common/errors.ts'

/** DimaError `contract_broken`; `call` is what was called or read. */
export const broken = (call: string, what: string, details: ErrorDetails = {}): DimaError =>
  new DimaError('contract_broken', `${call}: ${what}`, { call, ...details })

export function demand(holds: boolean, call: string, what: string, details?: ErrorDetails): asserts holds {
  if (!holds) throw broken(call, what, details)
}

/** Refusals that the contract knows: wrong where the call was right. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'unknown_agent',
  'invalid_shape',
  'not_finite',
  'no_episode',
  'environment_closed',
])

/** The answer of a call that must succeed. Errors of the physics or of the connection pass as they are. */
export async function answerOf<T>(call: string, attempt: () => T | Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof DimaError && !REFUSALS.has(error.code)) throw error
    throw broken(call, `threw ${describe(error)}`)
  }
}

/** Demands DimaError `code`; its message must name `culprit`. */
export async function demandRefusal(
  call: string,
  code: ErrorCode,
  attempt: () => unknown,
  culprit = '',
): Promise<void> {
  const error = await errorOf(attempt)
  const details = { expected: code, given: describe(error), ...(culprit && { field: culprit }) }
  demand(error !== undefined, call, `was accepted; it must throw ${code}`, details)
  const refused = error instanceof DimaError && error.code === code
  demand(refused, call, `threw ${describe(error)}; it must throw ${code}`, details)
  const { message } = error as DimaError
  demand(
    message.includes(culprit),
    call,
    `the message of ${code} does not name ${culprit}: ${message}`,
    details,
  )
}

async function errorOf(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt()
    return undefined
  } catch (error) {
    return error ?? 'nothing'
  }
}

const describe = (error: unknown): string =>
  error instanceof DimaError ? `${error.code} (${error.message})` : String(error)
