// The architecture: rooms of `src/` in an order, each importing only what stands before it. Change it on purpose.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/**
 * A room is a folder of `src/`; those of a world model are told apart by what they are for, whichever model it is. The
 * list of kinds is a room of its own, since it alone knows them all.
 */
const ROOMS = [
  'common',
  'api',
  'env',
  'graph',
  'networks',
  'registry',
  'report',
  'engine',
  'worlds',
  'worlds/*/serve',
  'worlds/kinds.ts',
  'worlds/*/networks',
  'episodes',
  'learning',
  'worlds/*/train',
  'runs',
  'algorithms',
  'evaluation',
  'inference',
  'server',
  'client',
  'playground/truth',
  'playground/truth/worker',
  'playground',
  'page',
  'export',
  'render',
  'commands',
]

/** Narrower than the order: what runs in a server knows nothing of training, a client only the wire. */
const ONLY: Record<string, string[]> = {
  'worlds/*/serve': ['worlds', 'engine', 'registry', 'common'],
  inference: ['worlds', 'engine', 'registry', 'common'],
  server: ['inference', 'worlds', 'engine', 'registry', 'api', 'common'],
  client: ['api'],
  'playground/truth': [],
  'playground/truth/worker': ['playground/truth', 'env', 'common'],
  playground: ['playground/truth', 'client', 'api'],
  page: ['playground', 'client', 'api'],
  report: ['common'],
  registry: ['common'],
}

/** Packages that only one file, or the files of one folder, may import. */
const ONE_DOOR: [packageName: RegExp, doors: string[]][] = [
  [/^@mujoco\/mujoco$/, ['env/mujoco/simulation.ts']],
  [/^echarts/, ['report/drawing/']],
  [/^h5wasm/, ['episodes/dataset/']],
  [/^sharp$/, ['render/']],
  [/^ws$/, ['env/bridge/', 'client/socket.ts']], // the client's where there is no global WebSocket
  [/^onnxruntime-node$/, ['engine/session.ts']],
  [/^@tensorflow\/tfjs(-backend-|-node|$)/, ['graph/', 'learning/engines/']],
  [/^protobufjs/, ['graph/onnx.ts', 'runs/tensorboard/event.ts']],
  [/^(fastify|@fastify\/)/, ['server/']],
  [/^preact/, ['playground/', 'page/']],
  [/^marked$/, ['page/']],
  [/^(three|uplot$)/, ['playground/']],
  [/^esbuild$/, ['server/page/build.ts']],
  [/^@redis\/client$/, ['inference/live/store/redis/connection.ts']],
  [/^prom-client$/, ['server/metrics/']],
]

interface Import {
  file: string
  specifier: string
  /** erased by the compiler */
  typeOnly: boolean
}

/** Also with comments for bundlers before the name. */
const IMPORT = /(?:(import|export)\s+([^'"()]*?)\s*from|import\s*\(?)\s*(?:\/\*.*?\*\/\s*)*['"]([^'"]+)['"]/g

const src = resolve(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
const imports = files.flatMap(importsOf)
/** Between our own files, by path from src/. */
const inside = imports
  .filter(({ specifier }) => specifier.startsWith('.'))
  .map((one) => ({ ...one, target: relative(src, resolve(src, dirname(one.file), one.specifier)) }))

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [...text.matchAll(IMPORT)].map(([, , names = '', specifier]) => ({
    file,
    specifier: specifier!,
    typeOnly: erased(names),
  }))
}

/** `type { A }`, or `{ type A, type B }`. */
function erased(names: string): boolean {
  if (names.startsWith('type ')) return true
  const list = /^\{([^}]*)\}$/.exec(names)?.[1]
  if (list === undefined) return false
  return list.split(',').every((name) => !name.trim() || name.trim().startsWith('type '))
}

function roomOf(file: string): string {
  if (file === 'worlds/kinds.ts') return file
  const truth = /^playground\/truth(\/worker)?(?=\/)/.exec(file) // the page's side and the worker's
  if (truth) return truth[0]
  const [top, world, part] = file.split('/')
  return top === 'worlds' && part?.includes('.') === false ? `worlds/*/${part}` : world ? top! : ''
}

test('every folder of src/ is a room', () => {
  expect([...new Set(files.map(roomOf))].sort()).toEqual([...ROOMS].sort())
})

test('the reader of imports sees them', () => {
  expect(imports).toContainEqual({
    file: 'env/mujoco/simulation.ts',
    specifier: '@mujoco/mujoco',
    typeOnly: false,
  })
  expect(imports).toContainEqual({ file: 'client/socket.ts', specifier: 'ws', typeOnly: false })
  expect(imports.length).toBeGreaterThan(files.length)
})

test('rooms import only what they may', () => {
  const may = (from: string, to: string) =>
    from === to || (ONLY[from]?.includes(to) ?? ROOMS.indexOf(to) < ROOMS.indexOf(from))
  const wrong = inside.filter(({ file, target }) => !may(roomOf(file), roomOf(target)))
  expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([])
})

/** The rooms of a kind. */
const OF_A_KIND = /^worlds\/\*\/|^worlds\/kinds\.ts$/
/** Algorithms of a kind, studies of DIMA's plans, and checks of its paper. */
const KNOWING = /^(algorithms\/(dima|mamba|marie)|evaluation\/(study|reproduce))\//
/** Words of a kind, and not of the product, which has the name of its first kind. */
const WORDS_OF_A_KIND =
  /(worlds|algorithms)\/(dima|marie|mamba)\/|sigma(Data|Min|Max)|denois|rewardStep|'(joint|progressive)'/
/** What stays on the wire for one kind. */
const WIRE = ['api/choice.ts', 'api/models.ts']

test('whoever works with worlds knows no kind', () => {
  const wrong = files
    .filter((file) => !OF_A_KIND.test(roomOf(file)) && !KNOWING.test(file) && !WIRE.includes(file))
    .flatMap((file) =>
      readFileSync(join(src, file), 'utf8')
        .split('\n')
        .filter((line) => WORDS_OF_A_KIND.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
  expect(wrong).toEqual([])
})

test('folders of a room do not import each other in circles', () => {
  const arrows = new Map<string, Set<string>>()
  for (const { file, target, typeOnly } of inside) {
    const [from, to] = [dirname(file), dirname(target)]
    if (typeOnly || from === to) continue
    arrows.set(from, (arrows.get(from) ?? new Set()).add(to))
  }
  const both = [...arrows].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => from < to && arrows.get(to)?.has(from) && !within(from, to))
      .map((to) => `${from} <-> ${to}`),
  )
  expect(both).toEqual([])
})

/** A folder may use its own subfolders and they its files. */
const within = (a: string, b: string): boolean => a.startsWith(`${b}/`) || b.startsWith(`${a}/`)

test('files do not import each other in circles', () => {
  const arrows = new Map<string, string[]>()
  for (const { file, target, typeOnly } of inside)
    if (!typeOnly) arrows.set(file, [...(arrows.get(file) ?? []), target])
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (done.has(file) || path.includes(file)) return
    for (const target of arrows.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('heavy packages stay behind one door', () => {
  const wrong = imports
    .filter(({ file, specifier }) =>
      ONE_DOOR.some(([name, doors]) => name.test(specifier) && !doors.some((door) => file.startsWith(door))),
    )
    .map(({ file, specifier }) => `${file} -> ${specifier}`)
  expect(wrong).toEqual([])
})

test('training threads load the losses of their own algorithm only', () => {
  const loadedBy = (file: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(file)) return seen
    seen.add(file)
    for (const one of inside) if (one.file === file && !one.typeOnly) loadedBy(one.target, seen)
    return seen
  }
  const [dima, mappo] = ['dima', 'mappo'].map((name) => [...loadedBy(`algorithms/${name}/recipes.ts`)])
  expect(dima).toContain('worlds/dima/train/denoiser-objective.ts')
  expect(dima!.filter((file) => /^algorithms\/(mappo|on-policy|algorithms\.ts)/.test(file))).toEqual([])
  expect(mappo!.filter((file) => file.startsWith('worlds/'))).toEqual([])
})

test('every command is one small file with an npm script of its name', () => {
  const manifest = readFileSync(join(src, '../package.json'), 'utf8')
  const scripts = Object.values<string>(JSON.parse(manifest).scripts).join('\n')
  for (const file of files.filter((file) => roomOf(file) === 'commands')) {
    expect(scripts).toContain(` src/${file}`)
    expect(readFileSync(join(src, file), 'utf8').split('\n').length, file).toBeLessThanOrEqual(41)
  }
})
