// The one table of errors: a stable code, the HTTP status it becomes and a hint for the caller.
// Callers throw `new DimaError('unknown_model', 'no model named x', { field: 'model' })` and compare codes.

export const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not valid', hint: 'See errors[] for the fields.' },
  invalid_shape: { status: 400, title: 'An array has the wrong shape', hint: 'Compare expected and given.' },
  not_finite: { status: 400, title: 'A number is not finite', hint: 'NaN and Infinity are refused.' },
  action_out_of_range: {
    status: 400,
    title: 'An action is outside its space',
    hint: 'This server refuses what it would otherwise clip: see spaces of GET /v1/models/{name}.',
  },
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
  too_deep: { status: 400, title: 'The body is nested too deeply', hint: 'See the schema of the request.' },
  no_policy: {
    status: 400,
    title: 'The model has no policy',
    hint: 'Send actions, or name a model whose description has a policy.',
  },
  no_start: {
    status: 400,
    title: 'The model brings no start states',
    hint: 'Send a start: the latest states of the environment.',
  },
  session_not_found: { status: 404, title: 'No such session', hint: 'Create one with POST /v1/sessions.' },
  session_expired: {
    status: 410,
    title: 'The session was idle too long',
    hint: 'Create or restore a session; keep snapshots if it matters.',
  },
  session_closed: { status: 410, title: 'The session was closed', hint: 'Create or restore a session.' },
  session_limit: {
    status: 429,
    title: 'You have too many sessions',
    hint: 'Close sessions you no longer need.',
  },
  sessions_full: {
    status: 503,
    title: 'The server has no room for another session',
    hint: 'Try again after Retry-After seconds.',
  },
  session_busy: {
    status: 429,
    title: 'Too many requests of this session are waiting',
    hint: 'Wait for replies before you send more.',
  },
  step_out_of_order: {
    status: 409,
    title: 'The step is not the next one',
    hint: 'Send committed_step_id + 1, or committed_step_id to have its answer again.',
  },
  step_conflict: {
    status: 409,
    title: 'This step was committed with other actions',
    hint: 'Repeat a step with the same actions only.',
  },
  episode_over: { status: 409, title: 'The episode is over', hint: 'Reset the session.' },
  invalid_snapshot: {
    status: 400,
    title: 'The snapshot is not valid',
    hint: 'Send a snapshot as the server gave it.',
  },
  model_gone: {
    status: 410,
    title: 'The model of this session is no longer served',
    hint: 'Create a session with a model of GET /v1/models.',
  },
  socket_limit: {
    status: 429,
    title: 'You have too many sockets',
    hint: 'Close one: a single socket carries many sessions.',
  },
  stream_limit: {
    status: 429,
    title: 'You have too many streamed rollouts',
    hint: 'Read one to its end, or ask for more rows in one.',
  },
  upgrade_required: {
    status: 426,
    title: 'This page is a WebSocket',
    hint: 'Connect with a WebSocket client.',
  },
  unauthenticated: {
    status: 401,
    title: 'A key is needed',
    hint: 'Send Authorization: Bearer <key>.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    hint: 'Ask the operator for a key with this scope, or to allow this origin.',
  },
  rate_limited: {
    status: 429,
    title: 'Too much is asked with this key',
    hint: 'Try again after Retry-After seconds; a request costs as many units as it imagines steps.',
  },
  invalid_json: { status: 400, title: 'The body is not JSON', hint: 'Send one JSON object.' },
  invalid_msgpack: { status: 400, title: 'The body is not msgpack', hint: 'Send one msgpack map.' },
  unknown_type: {
    status: 400,
    title: 'No such message type',
    hint: 'GET /asyncapi.json lists the messages.',
  },
  not_acceptable: {
    status: 406,
    title: 'No such reply type',
    hint: 'Accept application/json or application/msgpack.',
  },
  unknown_model: { status: 404, title: 'No such model', hint: 'GET /v1/models lists the models.' },
  unknown_agent: { status: 400, title: 'No such agent', hint: 'GET /v1/models/{name} lists the agents.' },
  not_found: { status: 404, title: 'No such page', hint: 'GET /openapi.json lists the routes.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    hint: 'GET /openapi.json lists the routes.',
  },
  body_too_large: { status: 413, title: 'The body is too large', hint: 'Send fewer rows per request.' },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    hint: 'Send it in one go; see HEADERS_TIMEOUT_SECONDS and REQUEST_TIMEOUT_SECONDS.',
  },
  uri_too_long: {
    status: 414,
    title: 'A part of the address is too long',
    hint: 'Names have up to 200 characters.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    hint: 'The request line and the headers have up to 16 KiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    hint: 'Send application/json or application/msgpack.',
  },
  overloaded: { status: 503, title: 'The server is full', hint: 'Try again after Retry-After seconds.' },
  not_ready: { status: 503, title: 'The server is not ready', hint: 'Try again after Retry-After seconds.' },
  draining: {
    status: 503,
    title: 'The server is about to stop',
    hint: 'Try again after Retry-After seconds. Sessions end with the server: take their snapshots while it answers.',
  },
  deadline_exceeded: {
    status: 504,
    title: 'The deadline passed before the work was done',
    hint: 'Nothing was changed: send it again with a longer deadline_ms or at a lower rate.',
  },
  canceled: { status: 499, title: 'The request was canceled', hint: 'Nothing was changed.' },
  executor_failed: { status: 503, title: 'An executor stopped', hint: 'Try again; the server restarts it.' },
  invalid_bundle: { status: 500, title: 'A model bundle was refused', hint: 'Publish the bundle again.' },
  worse_model: {
    status: 409,
    title: 'The version is worse than the labelled one',
    hint: 'Compare them; --force moves the label all the same.',
  },
  label_conflict: {
    status: 409,
    title: 'The label or the version is in use',
    hint: 'Look with npm run models -- list, then try again.',
  },
  invalid_config: { status: 500, title: 'The configuration is not valid', hint: 'See --help.' },
  unknown_task: { status: 400, title: 'No such task', hint: 'See README for the tasks.' },
  no_episode: { status: 409, title: 'No episode is running', hint: 'Call reset before step.' },
  environment_closed: {
    status: 410,
    title: 'The environment was closed',
    hint: 'Make another environment.',
  },
  unequal_agents: {
    status: 400,
    title: 'The agents differ in size',
    hint: 'Choose a split and observations of equal length.',
  },
  contract_broken: {
    status: 500,
    title: 'An environment breaks its contract',
    hint: 'Correct the environment as the message says.',
  },
  bridge_lost: {
    status: 502,
    title: 'The remote environment went away',
    hint: 'Start it again; nothing of the unfinished episodes was kept.',
  },
  bridge_protocol: {
    status: 502,
    title: 'The remote environment answered against the protocol',
    hint: 'Compare its answers with docs/bridge.md.',
  },
  bridge_refused: {
    status: 502,
    title: 'The remote environment refused a request',
    hint: 'The message is the one it sent.',
  },
  invalid_dataset: {
    status: 400,
    title: 'The recorded data cannot be used',
    hint: 'Compare the file with docs/datasets.md.',
  },
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

/** Why work was given up: the reason of whoever did it, or that nobody waits for it. */
export const abandonedBy = ({ reason }: AbortSignal, message: string): DimaError =>
  reason instanceof DimaError ? reason : new DimaError('canceled', message)

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
