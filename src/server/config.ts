// The server's settings from environment variables; wrong ones stop it at start.
import { parseConfig } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import { isLoopback } from '../common/loopback.ts'
import { parseOrigins } from './auth/origin.ts'
import { AppConfig, GROUPS, ServerConfig } from './settings.ts'

export type { AppConfig, ServerConfig } from './settings.ts'

/** Reads only the variables of settings.ts. Throws DimaError `invalid_config`. */
export function readConfig(environment: Record<string, string | undefined>): ServerConfig {
  const known = Object.keys(ServerConfig.properties)
    .map((name) => [name, environment[name]] as const)
    .filter(([, value]) => value !== undefined && value !== '')
  const given = parseConfig(ServerConfig, Object.fromEntries(known), (path) => path.slice(1))
  const config = withKeyShares(given, given.KEYS !== '')
  checkReach(config)
  checkTls(config)
  checkStore(config)
  parseOrigins(config.ALLOWED_ORIGINS)
  return config
}

/** The defaults of everything that is not given. */
export const appConfig = (given: Partial<AppConfig> = {}): AppConfig => ({
  ...parseConfig(AppConfig, {}),
  ...given,
})

/** Share of a limit that one key may have unless the settings say otherwise: no key takes all of it. */
const PART_OF_A_KEY = 1 / 4

/**
 * The configuration with every limit of one owner filled in: without keys all callers are one owner, who has the whole.
 * @param keyed whether there are keys
 */
export function withKeyShares<C extends AppConfig>(config: C, keyed: boolean): C {
  const share = (whole: number) => Math.max(1, Math.floor(keyed ? whole * PART_OF_A_KEY : whole))
  const { MAX_SESSIONS, MAX_SOCKETS, MAX_STREAMS } = config
  return {
    ...config,
    MAX_SESSIONS_PER_KEY: config.MAX_SESSIONS_PER_KEY || share(MAX_SESSIONS),
    MAX_SOCKETS_PER_KEY: config.MAX_SOCKETS_PER_KEY || share(MAX_SOCKETS),
    MAX_STREAMS_PER_KEY: config.MAX_STREAMS_PER_KEY || share(MAX_STREAMS),
  }
}

/** One line a setting, for --help. */
export const settingsHelp = (): string =>
  Object.entries(GROUPS)
    .map(([title, { properties }]) =>
      [title, ...Object.entries(properties).map(([name, field]) => line(name, field))].join('\n'),
    )
    .join('\n\n')

function line(name: string, field: { description?: string; default?: unknown }): string {
  const { description = '', default: fallback } = field
  return `  ${name.padEnd(29)} ${description}${fallback === '' ? '' : ` (default ${fallback})`}`
}

/** Whoever reaches a server without keys may use it, so reaching it from elsewhere has to be asked for. */
function checkReach({ HOST, KEYS, ALLOW_REMOTE }: ServerConfig): void {
  if (KEYS || ALLOW_REMOTE || isLoopback(HOST)) return
  throw new DimaError(
    'invalid_config',
    `HOST=${HOST} can be reached from other machines and everybody there could use the server: ` +
      'set KEYS to a file of keys (npm run keys), or ALLOW_REMOTE=true if a proxy in front authenticates',
  )
}

/** Says nothing of the rest of the address: there may be a password in it. */
function checkStore({ SESSION_STORE }: ServerConfig): void {
  if (!SESSION_STORE) return
  const url = URL.canParse(SESSION_STORE) ? new URL(SESSION_STORE) : undefined
  if (url && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname && isEncoded(url)) return
  throw new DimaError(
    'invalid_config',
    'SESSION_STORE is no address of a store: redis://host:6379, rediss://user:password@host:6379/0',
  )
}

/** Whether user and password are percent-encoded as addresses want it. */
function isEncoded({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

function checkTls({ TLS_CERT, TLS_KEY }: ServerConfig): void {
  if (!TLS_CERT === !TLS_KEY) return
  const missing = TLS_CERT ? 'TLS_KEY' : 'TLS_CERT'
  throw new DimaError('invalid_config', `TLS needs a certificate and its key: ${missing} is not set`)
}
