// What a browser must not be talked into: a foreign page that calls this server (Origin), and a foreign name that
// resolves to this machine (DNS rebinding, Host). Programs that send no Origin are not concerned.
import { DimaError } from '../../common/errors.ts'
import { isLoopback } from '../../common/loopback.ts'

export interface Origins {
  /** Refuses a page whose origin is neither this host nor allowed. DimaError `forbidden`. */
  checkOrigin(origin: string | undefined, host: string | undefined): void
  /** Where the server listens on loopback only: refuses a Host that is another name. DimaError `forbidden`. */
  checkHost(host: string | undefined): void
}

/** @param listening the setting HOST; @param allowed the setting ALLOWED_ORIGINS */
export function origins(listening: string, allowed: string): Origins {
  const list = parseOrigins(allowed)
  const hosts = new Set([...list].map((origin) => new URL(origin).hostname))
  return {
    checkOrigin(origin, host) {
      if (origin === undefined || list.has(origin) || sameHost(origin, host)) return
      throw new DimaError('forbidden', 'pages of this origin may not call this server')
    },
    checkHost(host) {
      if (host === undefined || !isLoopback(listening)) return
      const name = hostname(host)
      if (name !== undefined && (isLoopback(name) || hosts.has(name))) return
      throw new DimaError('forbidden', 'this server is not known by this Host')
    },
  }
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
