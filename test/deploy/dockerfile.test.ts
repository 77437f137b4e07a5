import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { POLICIES } from '../../src/engine/device.ts'
import { ServerConfig } from '../../src/server/settings.ts'
import { dockerfile, environmentOf, execForm, last, stageOf, stages } from './dockerfile.ts'
import { deploy } from './rules.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const run = stageOf('server')

test('the linter finds nothing', () => {
  expect(validate(dockerfile).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([])
  expect(validate('FROM node\nRUNN x\n')).not.toEqual([]) // it does find what is wrong
})

test('images have a version', () => {
  const ours = [run.image, ...stages().map(({ name }) => name)]
  for (const { image } of stages().filter((stage) => !ours.includes(stage.image)))
    expect(image).toMatch(/^[a-z/]+:\d[\w.-]+$/)
})

test('the base is that of a device, the CPU unless another is asked for', () => {
  expect(run.image).toBe('$DEVICE')
  expect(dockerfile).toMatch(/^ARG DEVICE=cpu$/m)
  for (const device of ['cpu', 'cuda'] as const) expect(POLICIES).toHaveProperty(stageOf(device).name!)
  expect(environmentOf(stageOf('cuda'))).toEqual({ DEVICE: 'cuda' })
  expect(environmentOf(run)).not.toHaveProperty('DEVICE')
})

test('the library of CUDA is put beside that of the CPU, by the command of docs/devices.md', () => {
  const command = stageOf('libraries').steps[0]!.text
  expect(readFileSync(join(ROOT, 'docs/devices.md'), 'utf8')).toContain(command)
  const [from, to] = last(stageOf('cuda'), 'COPY')!.words.slice(1) as [string, string]
  expect(to).toBe(from)
  expect(existsSync(join(ROOT, from.replace('/app/', '')))).toBe(true)
})

test('runs as nobody in particular, in exec form so that signals arrive', () => {
  expect(last(run, 'USER')?.text).toMatch(/^[1-9]\d*:[1-9]\d*$/) // runAsNonRoot wants a number
  expect(run.steps.findIndex(({ keyword }) => keyword === 'USER')).toBeGreaterThan(
    run.steps.findLastIndex(({ keyword }) => keyword === 'COPY'), // so that it can't change what it runs
  )
  expect(execForm(last(run, 'CMD')!.text)).toEqual(['node', 'dist/commands/start.js'])
  expect(last(run, 'ENTRYPOINT')).toBeUndefined()
})

test('health is that of a route, in exec form', () => {
  const [program, flag, script] = execForm(last(run, 'HEALTHCHECK')!.text)
  expect([program, flag]).toEqual(['node', '-e'])
  const [, path] = /:\$\{process\.env\.PORT\}(\/[\w/]+)`/.exec(script!)!
  const openapi = readFileSync(join(ROOT, 'openapi/openapi.json'), 'utf8')
  expect(JSON.parse(openapi).paths).toHaveProperty([path!])
})

test('sets only settings that there are', () => {
  const { NODE_ENV, ...settings } = environmentOf(run)
  expect(NODE_ENV).toBe('production')
  for (const name of Object.keys(settings)) expect(ServerConfig.properties).toHaveProperty(name)
  expect(last(run, 'EXPOSE')?.text).toBe(settings.PORT)
})

test('copies what there is and what is sent to the builder, and nothing else is', () => {
  const copied = stages()
    .flatMap(({ steps }) => steps)
    .filter(({ keyword, text }) => keyword === 'COPY' && !text.startsWith('--from='))
    .flatMap(({ words }) => words.slice(0, -1))
  for (const path of copied) expect(existsSync(join(ROOT, path)), path).toBe(true)
  const [first, ...sent] = readFileSync(deploy('Dockerfile.dockerignore'), 'utf8').trim().split('\n')
  expect(first).toBe('*')
  expect(sent.sort()).toEqual(copied.map((path) => `!${path}`).sort())
})
