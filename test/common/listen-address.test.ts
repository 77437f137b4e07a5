import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { tryAddress } from '../../src/common/listen-address.ts'

const NAMES = { host: 'HOST', port: 'PORT' }

test('a port that is in use is named, with what to do', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const trying = tryAddress({ host: '127.0.0.1', port }, NAMES)
  await expect(trying).rejects.toMatchObject({
    code: 'invalid_config',
    message: `PORT=${port} is in use on 127.0.0.1 (EADDRINUSE): stop what listens there, or choose another (0: a free one)`,
  })
})

test.each(['no.such.host.invalid', '192.0.2.1'])('HOST=%s is no address of this machine', async (host) => {
  const trying = tryAddress({ host, port: 0 }, NAMES)
  await expect(trying).rejects.toThrow(new RegExp(`^HOST=${host.replaceAll('.', '\\.')} is n`))
})

test('a free address is free again', async () => {
  await tryAddress({ host: '127.0.0.1', port: 0 }, NAMES)
})
