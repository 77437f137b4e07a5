import { DimaError } from '../src/common/errors.ts'

/** Only this machine is ever loaded. Throws DimaError `invalid_config`. */
export function assertLoopback(url: string): void {
  const hostname = URL.canParse(url) ? new URL(url).hostname : url
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return
  throw new DimaError('invalid_config', `${hostname} is not this machine`, { field: 'url' })
}
