import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { missingProxy } from '../../loadtest/reliability/fleet/proxy.ts'
import { readConfig } from '../../src/server/config.ts'
import { startProxy, startUpstream } from './haproxy.ts'
import { deploy } from './rules.ts'

const path = fileURLToPath(deploy('haproxy.cfg'))
const text = readFileSync(path, 'utf8')
const paths = Object.keys(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')).paths)

describe('deploy/haproxy.cfg', () => {
  test('asks for health at a route, and knows the paths below sessions that are none', () => {
    expect(paths).toContain(/http-check send meth GET uri (\S+)/.exec(text)![1])
    const other = /acl other path (.*)/.exec(text)![1]!.split(' ')
    expect(other.sort()).toEqual(paths.filter((one) => /^\/v1\/sessions\/[^{]/.test(one)).sort())
  })

  test('lets no connection stand longer than the servers do', () => {
    const [, seconds] = /timeout http-keep-alive (\d+)s/.exec(text)!
    expect(Number(seconds)).toBeLessThan(readConfig({}).KEEP_ALIVE_SECONDS)
  })

  test('has the same servers everywhere', () => {
    const backends = text.split(/^backend /m).slice(1)
    const servers = backends.map((one) => [...one.matchAll(/server (\w+ \S+)/g)].map(([, server]) => server))
    for (const found of servers) expect(found).toEqual(servers[0])
    expect(servers[0]!.length).toBeGreaterThan(1)
  })
})

describe.skipIf(missingProxy)(missingProxy ? `HAProxy (skipped: ${missingProxy})` : 'HAProxy', () => {
  test('finds the file valid', () => {
    const { status, stderr, stdout } = spawnSync('haproxy', ['-c', '-f', path], { encoding: 'utf8' })
    expect([status, stdout + stderr]).toEqual([0, expect.not.stringMatching(/WARNING|ALERT/)])
  })

  test('keeps sessions on a server as long as it is ready, and cuts sockets of one that is frozen', async () => {
    const { upstreams, answers, connected } = await proxied()
    const sessions = await answers((i) => `/v1/sessions/${i}/step`)
    expect(new Set(sessions).size).toBe(3) // spread over all
    expect(await answers((i) => `/v1/sessions/${i}/snapshot`)).toEqual(sessions) // and each stays
    expect(new Set(await answers(() => '/v1/sessions/step')).size).toBe(3) // of several, anywhere

    const { name, socket } = await connected()
    const frozen = upstreams.find((upstream) => upstream.name === name)!
    const closed = once(socket, 'close')
    const since = performance.now()
    frozen.health = 'frozen'
    await closed
    expect(performance.now() - since).toBeLessThan(2000) // 1 s, and what a busy machine adds

    const later = await answers((i) => `/v1/sessions/${i}/step`)
    expect(later).not.toContain(frozen.name)
    const moved = sessions.filter((before, i) => before !== later[i])
    expect(new Set(moved)).toEqual(new Set([frozen.name])) // only its own had to go elsewhere
  })

  test('sends nothing new to a server that drains and leaves its sockets to it; cuts one that ends', async () => {
    const { upstreams, answers, connected } = await proxied()
    const { name, socket } = await connected()
    const drained = upstreams.find((upstream) => upstream.name === name)!
    drained.health = 'draining'
    await expect
      .poll(() => answers(() => '/v1/rollout').then((all) => new Set(all).size), { timeout: 5000 })
      .toBe(2)
    for (const path of ['/v1/sessions/1/step', '/v1/rollout'])
      expect(await answers((i) => `${path}?${i}`)).not.toContain(name)
    socket.send('still there?')
    expect(String((await once(socket, 'message'))[0])).toBe(name)

    const closed = once(socket, 'close')
    drained.die()
    await closed
    const since = performance.now()
    for (let i = 0; i < 5; i++) expect((await connected()).name).not.toBe(name)
    expect(performance.now() - since).toBeLessThan(1000) // no second of waiting for a server that is gone
  })
})

/** Three servers behind HAProxy, once it has found all of them. */
async function proxied() {
  const upstreams = await Promise.all(['one', 'two', 'three'].map(startUpstream))
  const port = await startProxy(upstreams)
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  const answers = (make: (i: number) => string) =>
    Promise.all(Array.from({ length: 30 }, (_, i) => ask(make(i))))
  await expect.poll(() => answers(() => '/v1/rollout').then((all) => new Set(all).size)).toBe(3)
  const connected = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/stream`)
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    socket.send('who?')
    return { socket, name: String((await once(socket, 'message'))[0]) }
  }
  return { upstreams, answers, connected }
}
