// What a browser gets, but for the scripts, which are built by a process (test/page).
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import { describeFile } from '../../src/registry/files.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { digestOf, keyRing, newKey } from '../../src/server/auth/keys.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { WORKER_HEADERS } from '../../src/server/page/policy.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, modelsFolder, publishTiny } from '../registry/fixture.ts'
import { problemOf, testApp } from './fixture.ts'

const get = (app: FastifyInstance, url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers })

describe('the page', () => {
  test.each([
    ['/', 'text/html', 'src="/assets/main.js"'],
    ['/docs', 'text/html', 'src="/assets/explorer.js"'],
    ['/assets/style.css', 'text/css', '.panel'],
    ['/assets/icon.svg', 'image/svg+xml', '<svg'],
    ['/assets/swagger-ui.css', 'text/css', '.swagger-ui'],
    ['/assets/swagger-ui.js', 'text/javascript', 'SwaggerUIBundle'],
  ])('%s is %s, and may do nothing but what this server sends', async (url, type, part) => {
    const { statusCode, headers, body } = await get(testApp(), url)
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toContain(type)
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; .*; worker-src 'self'; /,
    )
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(body).toContain(part)
  })

  test.each(['/', '/docs'])('%s has no script and no style of its own, and asks nobody else', async (url) => {
    const { body } = await get(testApp(), url)
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=|https?:/)
  })

  test('is sent again only when it has changed, and compressed to who takes it', async () => {
    const app = testApp()
    const { headers, body } = await get(app, '/')
    const etag = String(headers.etag)
    expect((await get(app, '/', { 'if-none-match': etag })).statusCode).toBe(304)
    const taking = async (accepted: string) => {
      const { headers, rawPayload } = await get(app, '/', { 'accept-encoding': accepted })
      return [headers['content-encoding'], rawPayload] as const
    }
    for (const [accepted, encoding, open] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip, br;q=0', 'gzip', gunzipSync],
    ] as const) {
      const [name, bytes] = await taking(accepted)
      expect(name).toBe(encoding)
      expect(open(bytes).toString()).toBe(body)
    }
    expect((await taking('gzip;q=0'))[0]).toBeUndefined()
  })

  test('the worker with MuJoCo alone may evaluate text, and its module is sent as such', async () => {
    const app = testApp()
    const { headers, rawPayload } = await get(app, '/assets/mujoco.wasm', { 'accept-encoding': 'br' })
    expect(headers['content-type']).toBe('application/wasm') // or it is not compiled while it arrives
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(rawPayload.length).toBeLessThan(2.3e6)
    expect(brotliDecompressSync(rawPayload).subarray(0, 4).toString()).toBe('\0asm')
    expect(WORKER_HEADERS['content-security-policy']).toBe(
      "default-src 'none'; connect-src 'self'; script-src 'self' 'unsafe-eval'",
    )
  })

  test('PLAYGROUND=false leaves out what only the playground needs, and the page says so', async () => {
    const word = async (playground: boolean) => {
      const { body } = await get(testApp({ config: { PLAYGROUND: playground } }), '/')
      return /<meta name="playground" content="(\w+)"/.exec(body)?.[1]
    }
    expect([await word(true), await word(false)]).toEqual(['on', 'off'])
    const app = testApp({ config: { PLAYGROUND: false } })
    for (const url of ['/assets/truth.js', '/assets/mujoco.wasm'])
      problemOf(await get(app, url), 404, 'not_found')
    expect((await get(app, '/docs')).statusCode).toBe(200)
  })

  test('is open where everything else needs a key', async () => {
    const ring = keyRing([{ id: 'a', sha256: digestOf(newKey()).toString('hex'), scopes: ['read'] }])
    const app = testApp({ keys: { ring: () => ring } })
    for (const url of ['/', '/docs', '/assets/style.css']) expect((await get(app, url)).statusCode).toBe(200)
    problemOf(await get(app, '/openapi.json'), 401, 'unauthenticated')
  })

  test('other methods and other files are refused', async () => {
    const app = testApp()
    problemOf(await app.inject({ method: 'POST', url: '/' }), 405, 'method_not_allowed')
    for (const url of ['/assets/', '/assets/app.tsx', '/assets/..%2f..%2fpackage.json', '/docs/'])
      problemOf(await get(app, url), 404, 'not_found')
  })

  test('PAGE=false leaves it out', async () => {
    const app = testApp({ config: { PAGE: false } })
    for (const url of ['/', '/docs', '/assets/style.css']) problemOf(await get(app, url), 404, 'not_found')
  })
})

describe('pictures of a model', () => {
  async function served(picture: string): Promise<FastifyInstance> {
    const models = await modelsFolder()
    const bundle = await publishTiny(models)
    await writeFile(join(bundle.directory, 'error.svg'), picture)
    await editManifest(bundle, ({ documents }) => documents.push(describeFile('error.svg', picture)))
    return testApp({ catalog: staticCatalog(await openRepository(models, KINDS), KINDS) })
  }

  test('are named in its description and served as they are, unable to do anything', async () => {
    const app = await served('<svg><script>alert(1)</script></svg>')
    expect((await get(app, '/v1/models/tiny')).json().pictures).toEqual(['error.svg'])
    const { headers, body } = await get(app, '/v1/models/tiny@1/pictures/error.svg')
    expect(body).toBe('<svg><script>alert(1)</script></svg>')
    expect(headers['content-type']).toContain('image/svg+xml')
    expect(headers['content-security-policy']).toContain('sandbox')
  })

  test('another document, or one that is not there, is none', async () => {
    const app = await served('<svg/>')
    for (const name of ['manifest.json', 'card.md', 'no.svg', '..%2Fmanifest.json'])
      problemOf(await get(app, `/v1/models/tiny/pictures/${name}`), 404, 'not_found')
    problemOf(await get(app, '/v1/models/horse/pictures/error.svg'), 404, 'unknown_model')
  })
})
