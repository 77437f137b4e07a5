// The one table of errors: a stable code, the HTTP status it becomes and a hint for the caller.
// Callers throw `new DimaError('unknown_model', 'no model named x', { field: 'model' })` and compare codes.

export const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not valid', hint: 'See errors[] for the fields.' },
  invalid_shape: { status: 400, title: 'An array has the wrong shape', hint: 'Compare expected and given.' },
  not_finite: { status: 400, title: 'A number is not finite', hint: 'NaN and Infinity are refused.' },
  horizon_out_of_range: {
    status: 400,
    title: 'The horizon is out of range',
    hint: 'See horizon of the model.',
  },
  batch_out_of_range: {
    status: 400,
    title: 'The number of rows is out of range',
    hint: 'Send fewer rows per request.',
  },
  diverged: {
    status: 422,
    title: 'The imagined trajectory is not finite',
    hint: 'Keep start states and actions inside the spaces of GET /v1/models/{name}.',
  },
  invalid_json: { status: 400, title: 'The body is not JSON', hint: 'Send one JSON object.' },
  unknown_model: { status: 404, title: 'No such model', hint: 'GET /v1/models lists the models.' },
  unknown_agent: { status: 400, title: 'No such agent', hint: 'GET /v1/models/{name} lists the agents.' },
  not_found: { status: 404, title: 'No such page', hint: 'GET /openapi.json lists the routes.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    hint: 'GET /openapi.json lists the routes.',
  },
  body_too_large: { status: 413, title: 'The body is too large', hint: 'Send fewer rows per request.' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type', hint: 'Send application/json.' },
  overloaded: { status: 503, title: 'The server is full', hint: 'Try again after Retry-After seconds.' },
  executor_failed: { status: 503, title: 'An executor stopped', hint: 'Try again; the server restarts it.' },
  invalid_bundle: { status: 500, title: 'A model bundle was refused', hint: 'Publish the bundle again.' },
  invalid_config: { status: 500, title: 'The configuration is not valid', hint: 'See --help.' },
  unknown_task: { status: 400, title: 'No such task', hint: 'See README for the tasks.' },
  simulation_failed: { status: 500, title: 'The physics became unstable', hint: 'Reset the environment.' },
  internal: { status: 500, title: 'Something went wrong', hint: 'The log has the request id.' },
} as const

export type ErrorCode = keyof typeof ERRORS

/** What was wrong, in terms of the caller's own input: never a path, a stack or another caller's data. */
export interface ErrorDetails {
  field?: string
  expected?: unknown
  given?: unknown
  [key: string]: unknown
}

export class DimaError extends Error {
  override readonly name = 'DimaError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}
