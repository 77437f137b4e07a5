// Every setting of the server with its default, in groups. Each is an environment variable of the same name.
import Type, { type Static, type TSchema } from 'typebox'
import { DEVICE_CHOICES, DEVICES, type DevicePolicy, POLICIES } from '../engine/device.ts'
import { OUT_OF_RANGE } from './rollout/action-range.ts'

const MIB = 1024 * 1024

const text = (fallback: string, description: string) => Type.String({ default: fallback, description })
const flag = (description: string) => Type.Boolean({ default: false, description })
/** A whole number from `minimum` (1 unless given) up. */
const count = (fallback: number, description: string, minimum = 1, maximum = 2 ** 31 - 1) =>
  Type.Integer({ default: fallback, minimum, maximum, description })
const number = (fallback: number, description: string) =>
  Type.Number({ default: fallback, minimum: 0, maximum: 1e9, description })
const perKey = (description: string, whole: string) =>
  count(0, `${description}; 0: with KEYS a quarter of ${whole}, without all of it`, 0)
/** A whole number whose default is what suits the device. */
const byDevice = (
  field: Exclude<keyof DevicePolicy, 'rewardCache' | 'stepInOneCall'>,
  description: string,
  minimum = 1,
  maximum = 2 ** 31 - 1,
  unit = 1,
) => {
  const defaults = DEVICES.map((device) => `${device} ${unit * POLICIES[device][field]}`).join(', ')
  return Type.Optional(
    Type.Integer({ minimum, maximum, description: `${description} (default ${defaults})` }),
  )
}
const group = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

const Listening = group({
  HOST: text('127.0.0.1', 'address to listen on; one that others can reach needs KEYS'),
  PORT: count(8080, '0 takes a free port', 0, 65535),
  TLS_CERT: text('', 'PEM file with the certificate chain; with TLS_KEY the server speaks https'),
  TLS_KEY: text('', 'PEM file with its private key'),
  ALLOW_REMOTE: flag('listen on an address that others can reach although there are no KEYS'),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'least severity that is logged',
  }),
})

const Access = group({
  KEYS: text('', 'JSON file of keys (npm run keys); without it whoever reaches the server may use it'),
  ALLOWED_ORIGINS: text('', 'origins of web pages, besides our own, that may call; separated by commas'),
  ALLOWED_HOSTS: text(
    '',
    'names, besides addresses and localhost, that clients call this server by when others can reach it and there are ' +
      'no KEYS; separated by commas; *: any',
  ),
  PAGE: Type.Boolean({ default: true, description: 'the page at / and the API explorer at /docs' }),
  PLAYGROUND: Type.Boolean({
    default: true,
    description: 'the playground on the page, and the physics that it shows truth with (docs/playground.md)',
  }),
  OPEN_RATE_LIMIT: number(
    1000,
    'requests per second of one address that no key pays for: open routes and refused keys; 0: no limit',
  ),
  RATE_LIMIT: number(
    0,
    'imagined steps a second of one key, unless the key says otherwise; any other request counts as one. 0: no limit',
  ),
  RATE_BURST: count(0, 'imagined steps at once after a pause; 0: those of one second', 0),
})

const Requests = group({
  BODY_LIMIT_BYTES: count(16 * MIB, 'largest request body', 1024),
  UNFINISHED_BODIES_BYTES: count(
    256 * MIB,
    'of all bodies that are being received; one key may have half of it',
    1024,
  ),
  HEADERS_TIMEOUT_SECONDS: number(10, 'for the headers of a request to arrive; 0: no limit'),
  REQUEST_TIMEOUT_SECONDS: number(60, 'for all of a request to arrive; 0: no limit'),
  KEEP_ALIVE_SECONDS: number(72, 'between the requests of a connection'),
  SLOW_READER_SECONDS: number(
    60,
    'a connection that takes nothing of its reply for so long is closed; 0: never',
  ),
  DRAIN_SECONDS: number(10, 'what running requests get to finish when the server is told to stop (SIGTERM)'),
  MAX_BATCH: count(1024, 'most rows of one rollout'),
  MAX_STREAM_HORIZON: count(1000, 'most steps of a streamed rollout'),
  OUT_OF_RANGE_ACTIONS: Type.Enum([...OUT_OF_RANGE], {
    default: 'clip',
    description: "actions outside the model's space: clip them and say how many, or refuse the request",
  }),
  MAX_STREAMS: count(1024, 'streamed rollouts at once'),
  MAX_STREAMS_PER_KEY: perKey('streamed rollouts of one key at once', 'MAX_STREAMS'),
})

const Sockets = group({
  FRAME_LIMIT_BYTES: count(4 * MIB, 'largest message of a socket; a larger one closes it', 1024),
  MAX_SOCKETS: count(8192, 'open sockets'),
  MAX_SOCKETS_PER_KEY: perKey('open sockets of one key', 'MAX_SOCKETS'),
  MAX_PIPELINE: count(1024, 'unanswered requests of a socket; nothing more is read from it meanwhile'),
  SEND_BUFFER_BYTES: count(8 * MIB, 'replies that may wait for a client before nothing more is read', 1024),
  SLOW_CLIENT_MS: count(10_000, 'a client whose replies wait longer than this is disconnected'),
  PING_SECONDS: number(20, 'between pings of a socket, and for its answer; 0: never'),
})

const LiveSessions = group({
  IDLE_TIMEOUT_SECONDS: number(60, 'a session without a request for so long is closed; 0: never'),
  MAX_SESSIONS: count(8192, 'open sessions'),
  MAX_SESSIONS_PER_KEY: perKey('open sessions of one key', 'MAX_SESSIONS'),
  SESSION_STORE: text(
    '',
    'redis:// or rediss:// address, with user and password where needed, of a Valkey or Redis that keeps sessions, so ' +
      'that any server of a fleet can go on with them (docs/scaling.md)',
  ),
  SESSION_STORE_TAGS: count(
    1,
    'hash tags that sessions are spread over, for a proxy that spreads keys over several stores; the same at all servers',
    1,
    1024,
  ),
  STORE_LOST_MS: count(
    700,
    'a server whose session store has not answered for so long is not ready: proxies send clients elsewhere',
  ),
  MAX_PENDING_STEPS: count(32, 'requests of one session that may wait'),
})

const Engine = group({
  MODELS: Type.String({ default: 'models', minLength: 1, description: 'models folder' }),
  RELOAD_SECONDS: number(2, 'between looks at the models folder; 0: only on POST /v1/admin/reload'),
  DEVICE: Type.Enum([...DEVICE_CHOICES], {
    default: 'cpu',
    description: `what executors compute on (docs/devices.md): ${DEVICE_CHOICES.join(', ')}; auto: the first card that is there and faster`,
  }),
  DEVICE_IDS: Type.String({
    default: '0',
    pattern: '^\\d{1,3}(,\\d{1,3})*$',
    description: 'cards of cuda, by its numbers; separated by commas',
  }),
  EXECUTORS: byDevice('executors', 'engine processes, of each card where there are several', 1, 1024),
  EXECUTOR_TIMEOUT_MS: byDevice(
    'runTimeoutMs',
    'processor time of one run of a graph after which an executor is replaced; ten times as long on the clock',
  ),
  EXECUTOR_LOAD_SECONDS: count(
    120,
    'most that an executor may take to start, and to load one model',
    1,
    86_400,
  ),
  PROOF_RUN_SECONDS: byDevice(
    'proofRunSeconds',
    'processor time that opening or running one graph of a new bundle may take in its proof, and 1 for each 16 MiB of it',
    1,
    86_400,
  ),
  PROOF_SECONDS: byDevice('proofSeconds', 'processor time of the whole proof', 1, 86_400),
  PROOF_MEMORY_MIB: count(4096, 'memory that the proof of a bundle may take', 64),
  MAX_BATCH_SIZE: byDevice('stepRows', 'live steps in one execution'),
  MAX_QUEUE_DELAY_MICROSECONDS: byDevice(
    'stepDelayMs',
    'a live step waits at most so long for sessions that usually step again at once',
    0,
    2 ** 31 - 1,
    1000,
  ),
  ROLLOUT_CHUNK_ROWS: byDevice('chunkRows', 'most rows of a rollout that one executor computes at once'),
  EMBED_ROWS: byDevice('embedRows', 'rows of joint actions embedded in one call; fewer need less memory'),
  MAX_STEP_QUEUE_MS: count(1000, 'live steps that would wait longer for an executor are refused'),
  MAX_ROLLOUT_QUEUE_MS: count(10_000, 'rollouts that would wait longer for an executor are refused'),
})

export const GROUPS = {
  Listening,
  Access,
  Requests,
  Sockets,
  'Live sessions': LiveSessions,
  'Models and engine': Engine,
}

/** What the HTTP app needs to know, however it is started. */
export const AppConfig = Type.Object(
  {
    HOST: Listening.properties.HOST,
    ...Access.properties,
    ...Requests.properties,
    ...Sockets.properties,
    ...LiveSessions.properties,
  },
  { additionalProperties: false },
)
export type AppConfig = Static<typeof AppConfig>

export const ServerConfig = Type.Object(
  { ...Listening.properties, ...AppConfig.properties, ...Engine.properties },
  { additionalProperties: false },
)
export type ServerConfig = Static<typeof ServerConfig>
