// What a browser must not be talked into: a foreign page that calls this server (Origin), and a foreign name that
// resolves to this machine (DNS rebinding, Host). Programs that send no Origin are not concerned.
import { isIP } from 'node:net'
import { hostname as machineName } from 'node:os'
import { DimaError } from '../../common/errors.ts'
import { isLoopback } from '../../common/loopback.ts'

export interface Origins {
  /** Refuses a page whose origin is neither this host nor allowed. DimaError `forbidden`. */
  checkOrigin(origin: string | undefined, host: string | undefined): void
  /** Where no key protects the server: refuses a Host that is another name. DimaError `forbidden`. */
  checkHost(host: string | undefined): void
}

/** Settings of the server. */
interface Known {
  HOST: string
  ALLOWED_ORIGINS: string
  ALLOWED_HOSTS: string
}

/** @param hasKeys a page that was led here by a foreign name has no key */
export function origins(known: Known, hasKeys: boolean): Origins {
  const list = parseOrigins(known.ALLOWED_ORIGINS)
  const isOurs = hostsOf(known, list)
  const checked = isLoopback(known.HOST) || !hasKeys
  return {
    checkOrigin(origin, host) {
      if (origin === undefined || list.has(origin) || sameHost(origin, host)) return
      throw new DimaError('forbidden', 'pages of this origin may not call this server')
    },
    checkHost(host) {
      if (host === undefined || !checked) return
      const name = hostname(host)
      if (name !== undefined && isOurs(name)) return
      throw new DimaError('forbidden', 'this server is not known by this Host: see ALLOWED_HOSTS')
    },
  }
}

/** An address can't be bound to this machine from outside, as a name can. On loopback no other machine's address is ours. */
function hostsOf({ HOST, ALLOWED_HOSTS }: Known, origins: Set<string>): (name: string) => boolean {
  const given = ALLOWED_HOSTS.split(',').map((name) => name.trim().toLowerCase())
  const pages = [...origins].map((origin) => new URL(origin).hostname)
  const names = new Set([...given, ...pages, HOST.toLowerCase(), machineName().toLowerCase()])
  const remote = !isLoopback(HOST)
  return (name) =>
    isLoopback(name) ||
    names.has('*') ||
    names.has(name) ||
    (remote && isIP(name.replace(/^\[|\]$/g, '')) > 0)
}

/** Throws DimaError `invalid_config`. */
export function parseOrigins(text: string): Set<string> {
  const list = text.split(',').map((origin) => origin.trim())
  return new Set(list.filter((origin) => origin !== '').map(checkedOrigin))
}

function checkedOrigin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text
  throw new DimaError('invalid_config', `ALLOWED_ORIGINS: ${text} is not like https://example.org`)
}

/** The scheme may differ: behind a proxy that ends TLS we see http. */
function sameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false
  const { protocol, host: page } = new URL(origin)
  const ours = `${protocol}//${host}`
  return page !== '' && URL.canParse(ours) && new URL(ours).host === page
}

const hostname = (host: string): string | undefined =>
  URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : undefined
