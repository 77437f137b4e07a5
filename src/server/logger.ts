// The server's log: JSON lines, pretty on a terminal. Keys never get in, even where a request is logged whole.
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'

const SECRETS = ['authorization', '["proxy-authorization"]', 'cookie', '["sec-websocket-protocol"]']
const PLACES = ['headers', 'req.headers', 'request.headers', 'req.raw.headers', 'err.headers']

const redact = PLACES.flatMap((place) =>
  SECRETS.map((secret) => (secret.startsWith('[') ? `${place}${secret}` : `${place}.${secret}`)),
)

export function serverLogger(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = { level, redact: { paths: ['authorization', ...redact], censor: 'hidden' } }
  if (destination) return pino(options, destination)
  return pino({ ...options, ...(process.stdout.isTTY ? { transport: { target: 'pino-pretty' } } : {}) })
}
