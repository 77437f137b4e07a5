import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** Which folder of `src/` may import which. This table is the architecture: change it on purpose. */
const MAY_IMPORT: Record<string, string[]> = {
  common: [],
  env: ['common'],
  networks: ['common'],
  graph: ['common'],
  registry: ['common'],
  inference: ['registry', 'common'],
  report: ['common'], // figures of the files that runs leave: no training is loaded
  training: ['env', 'networks', 'graph', 'registry', 'inference', 'report', 'common'],
  render: ['training', 'env', 'common'],
  // env: examples are recorded and the manifest describes the task
  export: ['training', 'env', 'networks', 'graph', 'registry', 'inference', 'report', 'common'],
  api: [],
  server: ['inference', 'registry', 'api', 'common'],
  client: ['api'],
}

/** Packages that only one file, or the files of one folder, may import. */
const ONE_DOOR: [packageName: RegExp, doors: string[]][] = [
  [/^@mujoco\/mujoco$/, ['env/mujoco/simulation.ts']],
  [/^echarts/, ['report/drawing/']],
  [/^h5wasm/, ['training/dataset/']],
  [/^sharp$/, ['render/']],
  [/^ws$/, ['env/bridge/', 'client/socket.ts']], // the client's where there is no global WebSocket
  [/^onnxruntime-node$/, ['inference/session.ts']],
  [/^@tensorflow\/tfjs(-backend-|-node|$)/, ['graph/', 'training/learning/engines/']],
  [/^protobufjs/, ['graph/onnx.ts']],
  [/^(fastify|@fastify\/)/, ['server/']],
  [/^prom-client$/, ['server/metrics/']],
]

/** Also with comments for bundlers before the name. */
const IMPORT = /(?:from|import)\s*\(?\s*(?:\/\*.*?\*\/\s*)*['"]([^'"]+)['"]/g

const src = resolve(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const imports = files.flatMap((file) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(IMPORT)].map((match) => ({
    file,
    specifier: match[1]!,
  })),
)
const folderOf = (file: string) => file.split('/')[0]!

test('every folder of src/ has a place in the architecture', () => {
  expect(new Set(files.map(folderOf))).toEqual(new Set(Object.keys(MAY_IMPORT)))
})

test('the reader of imports sees them', () => {
  expect(imports).toContainEqual({ file: 'env/mujoco/simulation.ts', specifier: '@mujoco/mujoco' })
  expect(imports).toContainEqual({ file: 'client/socket.ts', specifier: 'ws' })
  expect(imports.length).toBeGreaterThan(files.length)
})

test('folders import only what they may', () => {
  const wrong = imports
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ file, specifier }) => ({ file, target: relative(src, resolve(src, dirname(file), specifier)) }))
    .filter(({ file, target }) => {
      const [from, to] = [folderOf(file), folderOf(target)]
      return from !== to && !MAY_IMPORT[from]?.includes(to)
    })
    .map(({ file, target }) => `${file} -> ${target}`)
  expect(wrong).toEqual([])
})

test('heavy packages stay behind one door', () => {
  const wrong = imports
    .filter(({ file, specifier }) =>
      ONE_DOOR.some(([name, doors]) => name.test(specifier) && !doors.some((door) => file.startsWith(door))),
    )
    .map(({ file, specifier }) => `${file} -> ${specifier}`)
  expect(wrong).toEqual([])
})
