// The server's settings, from environment variables; wrong ones stop it at start.
import { availableParallelism } from 'node:os'
import Type, { type Static } from 'typebox'
import { parseConfig } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'

export const ServerConfig = Type.Object(
  {
    HOST: Type.String({ default: '127.0.0.1', description: 'address to listen on' }),
    PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: '0 takes a free port' }),
    MODELS: Type.String({ default: 'models', minLength: 1, description: 'models folder' }),
    EXECUTORS: Type.Integer({ default: availableParallelism(), minimum: 1, description: 'engine processes' }),
    BODY_LIMIT_BYTES: Type.Integer({
      default: 16 * 1024 * 1024,
      minimum: 1024,
      description: 'largest request body',
    }),
    MAX_BATCH: Type.Integer({ default: 1024, minimum: 1, description: 'most rows of one rollout' }),
    MAX_STREAM_HORIZON: Type.Integer({
      default: 1000,
      minimum: 1,
      description: 'most steps of a streamed rollout',
    }),
    LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info' }),
    ALLOW_REMOTE: Type.Boolean({ default: false, description: 'listen on an address others can reach' }),
  },
  { additionalProperties: false },
)
export type ServerConfig = Static<typeof ServerConfig>

/** Reads only the variables above. Throws DimaError `invalid_config`. */
export function readConfig(environment: Record<string, string | undefined>): ServerConfig {
  const known = Object.keys(ServerConfig.properties)
    .map((name) => [name, environment[name]] as const)
    .filter(([, value]) => value !== undefined && value !== '')
  const config = parseConfig(ServerConfig, Object.fromEntries(known))
  checkReach(config)
  return config
}

/** Whoever reaches the server may use it, so reaching it from elsewhere has to be asked for. */
function checkReach({ HOST, ALLOW_REMOTE }: ServerConfig): void {
  if (ALLOW_REMOTE || isLoopback(HOST)) return
  throw new DimaError(
    'invalid_config',
    `HOST=${HOST} can be reached from other machines and there is no authentication yet: ` +
      'put a proxy that authenticates in front, or set ALLOW_REMOTE=true',
  )
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
