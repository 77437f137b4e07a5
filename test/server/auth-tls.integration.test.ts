import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { modelsFolder } from '../registry/fixture.ts'
import { testApp } from './fixture.ts'

const missing = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
})()

async function selfSigned(): Promise<{ cert: string; key: string }> {
  const folder = await modelsFolder()
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

test.skipIf(missing)('with a certificate the server speaks https', async () => {
  const tls = await selfSigned()
  const app = testApp({ tls })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const body = await new Promise<string>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/healthz', ca: tls.cert, servername: 'localhost' }
    request({ ...options, agent: false }, (reply) => void text(reply).then(resolve, reject))
      .on('error', reject)
      .end()
  })
  expect(JSON.parse(body)).toMatchObject({ status: 'ok', models: 1 })
})
