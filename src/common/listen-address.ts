// Addresses to listen on: whether one can be had, and why not.
import { createServer } from 'node:net'
import { DimaError } from './errors.ts'

export interface ListenAddress {
  host: string
  port: number
}

/** What a person calls them: HOST and PORT, or --host and --port. */
export type ListenNames = Record<keyof ListenAddress, string>

/** Listens there for a moment: what takes long to start should know first. DimaError `invalid_config`. */
export async function tryAddress(address: ListenAddress, names: ListenNames): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, address, names)))
    server.listen({ ...address, exclusive: true }, resolve)
  })
  await new Promise((resolve) => server.close(resolve))
}

/** What a failed listen says, as a DimaError `invalid_config` that names the setting; other errors stay as they are. */
export function listenError(error: unknown, { host, port }: ListenAddress, names: ListenNames): unknown {
  const { code = '', syscall } = error as NodeJS.ErrnoException
  if (syscall !== 'listen' && syscall !== 'bind' && syscall !== 'getaddrinfo') return error
  if (code === 'EADDRINUSE')
    return wrong(
      names.port,
      port,
      `is in use on ${host} (EADDRINUSE): stop what listens there, or choose another (0: a free one)`,
    )
  if (code === 'EACCES') return wrong(names.port, port, 'is not permitted (EACCES): choose one from 1024 on')
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return wrong(names.host, host, `is not known (${code}): choose an address of this machine`)
  if (code === 'EADDRNOTAVAIL' || code === 'EINVAL' || code === 'EAFNOSUPPORT')
    return wrong(names.host, host, `is no address of this machine (${code})`)
  return wrong(names.host, host, `port ${port}: cannot listen there (${code})`)
}

const wrong = (name: string, given: string | number, why: string): DimaError =>
  new DimaError('invalid_config', `${name}=${given} ${why}`, { field: name, given })
