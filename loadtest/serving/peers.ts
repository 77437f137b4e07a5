// Clients that know nothing of us: hey and wrk against REST, Python's websockets against the stream. They show that the
// server speaks the protocols as others read them, and what it does when the generator is not ours.
import { type ExecFileException, execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { nest } from '../../src/common/tensors.ts'
import { inTurns } from '../targets/in-turns.ts'
import { describeModel, type LoadedModel } from '../targets/model.ts'
import { openRest, type Rest } from '../targets/rest.ts'
import { type Finding, finding } from './finding.ts'
import { readHey, readWrk } from './peer-output.ts'
import type { Section, SectionOptions } from './section.ts'
import { withServers } from './start-server.ts'

const FOLDER = resolve(import.meta.dirname, '../peers')
const PYTHON = '/usr/bin/python3' // Debian's, whose packages these are
const ROLLOUT = { callers: 4, rows: 4 }
const SESSIONS = 64

export const peers: Section = async (options) =>
  withServers({ one: { settings: { MODELS: options.models, DEVICE: options.device } } }, async ({ one }) => {
    const rest = openRest({ url: one.url, encoding: 'json' })
    const model = await describeModel(rest, options.model)
    const rows = [
      ...(await withHey(one.url, model, options)),
      ...(await withWrk(one.url, rest, model, options)),
      ...(await withPython(one.url, model, options)),
    ]
    rest.close()
    return {
      notes: {
        hey: `POST /v1/rollout, ${ROLLOUT.rows} rows, JSON, ${ROLLOUT.callers} workers`,
        wrk: `POST /v1/sessions/{id}/step, ${SESSIONS} sessions on as many connections, JSON (loadtest/peers/step.lua)`,
        python: `steps over /v1/stream, ${SESSIONS} sessions on one socket (loadtest/peers/stream_steps.py)`,
      },
      rows,
    }
  })

async function withHey(url: string, model: LoadedModel, { seconds }: SectionOptions): Promise<Finding[]> {
  const { callers, rows } = ROLLOUT
  const shape = [rows, model.horizon, ...model.joint]
  const actions = nest(model.actions(rows * model.horizon), shape)
  const request = { model: model.reference, starts: [model.start], actions, seed: 1 }
  const folder = await mkdtemp(join(tmpdir(), 'dima-hey-'))
  try {
    const body = join(folder, 'body.json')
    await writeFile(body, JSON.stringify(request))
    const flags = ['-z', `${2 * seconds}s`, '-c', String(callers), '-t', '0', '-m', 'POST']
    const text = await run('hey', [...flags, '-T', 'application/json', '-D', body, `${url}/v1/rollout`])
    return text === undefined ? [absent('hey')] : readHey(text)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function withWrk(
  url: string,
  rest: Rest,
  model: LoadedModel,
  { seconds }: SectionOptions,
): Promise<Finding[]> {
  const ids = await inTurns(SESSIONS, 16, async (seed) => {
    const options = { model: model.reference, seed, autoreset: 'same_step' }
    return (await rest.call<{ session_id: string }>('POST', '/v1/sessions', options)).session_id
  })
  const action = JSON.stringify(nest(model.actions(1), [...model.joint]))
  const flags = [
    '-t',
    '1',
    '-c',
    String(SESSIONS),
    '-d',
    `${Math.ceil(2 * seconds)}s`,
    '--timeout',
    '10s',
    '--latency',
  ]
  const text = await run('wrk', [...flags, '-s', join(FOLDER, 'step.lua'), url, '--', action, ...ids])
  await inTurns(SESSIONS, 16, (i) => rest.call('DELETE', `/v1/sessions/${ids[i]}`))
  return text === undefined ? [absent('wrk')] : readWrk(text)
}

async function withPython(
  url: string,
  { joint }: LoadedModel,
  { seconds }: SectionOptions,
): Promise<Finding[]> {
  const stream = `${url.replace('http', 'ws')}/v1/stream`
  const script = join(FOLDER, 'stream_steps.py')
  const text = await run(PYTHON, [script, stream, ...[SESSIONS, 2 * seconds, joint[1]].map(String)])
  if (text === undefined) return [absent('python3-websockets')]
  const seen = JSON.parse(text) as {
    steps: number
    seconds: number
    p50: number
    p99: number
    wrong: string[]
  }
  const wrong = [...new Set(seen.wrong)].join(', ')
  return [
    finding('python: steps', seen.steps / seen.seconds, 'steps/s'),
    finding('python: p50', seen.p50, 'ms'),
    finding('python: p99', seen.p99, 'ms'),
    finding('python: sessions that saw something wrong', seen.wrong.length, 'sessions', { most: 0 }, wrong),
  ]
}

/** What a program prints; undefined where it, or a Python package it needs, is not installed. */
function run(program: string, args: string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { maxBuffer: 16 * 1024 * 1024 },
      (error: ExecFileException | null, stdout, stderr) => {
        if (!error) resolve(stdout)
        else if (error.code === 'ENOENT' || stderr.includes('ModuleNotFoundError')) resolve(undefined)
        else reject(new Error(`${program}: ${stderr || error.message}`))
      },
    )
  })
}

const absent = (name: string): Finding => finding(`${name} is not installed`, 0, '')
