import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { trust } from '../../src/inference/executors/proof.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { setLabel } from '../../src/registry/move-label.ts'
import { modelOfSession, type ReloadOutcome } from '../../src/server/catalog.ts'
import { type CatalogOptions, openCatalog } from '../../src/server/open-catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, modelsFolder, publishTiny } from '../registry/fixture.ts'

const quiet = { info: () => {}, error: () => {} }

/** Executors that remember what they have loaded, and refuse what the test says. */
class FakeLoader {
  readonly loaded = new Map<string, Bundle>()
  readonly calls: string[] = []
  refuses: (bundle: Bundle) => boolean = () => false
  /** before a load is done */
  loading: () => Promise<void> = async () => {}

  async load(bundle: Bundle) {
    this.calls.push(`load ${bundle.name}/${bundle.version}`)
    await this.loading()
    if (this.refuses(bundle)) return { reason: 'no' }
    this.loaded.set(bundle.digest, bundle)
    return trust(bundle)
  }

  async unload(digest: string) {
    const { name, version } = this.loaded.get(digest)!
    this.calls.push(`unload ${name}/${version}`)
    this.loaded.delete(digest)
  }
}

/** @param folder where the models are; a new one by default */
async function served(options: Partial<CatalogOptions> & { loader?: FakeLoader; folder?: string } = {}) {
  const models = options.folder ?? (await modelsFolder())
  const first = await publishTiny(models)
  const loader = options.loader ?? new FakeLoader()
  const bound = new Set<string>()
  const outcomes: ReloadOutcome[] = []
  const catalog = await openCatalog({
    kinds: KINDS,
    models,
    loader,
    bound: () => bound,
    everyMs: 0,
    logger: quiet,
    ...options,
  })
  catalog.onReload((outcome) => outcomes.push(outcome))
  onTestFinished(() => catalog.close())
  const versions = () => catalog.repository.bundles.map(({ name, version }) => `${name}/${version}`)
  const refused = () => catalog.repository.refused.map(({ reference }) => reference)
  return { models, first, loader, bound, outcomes, catalog, versions, refused }
}

/** As `deleteVersion` does: file by file a look would see half of a version, and refuse it. */
const removeAtOnce = ({ directory }: Bundle) => rename(directory, join(dirname(directory), '.removed'))

test('what is there at the start is loaded, with its start states, before it is served', async () => {
  const { catalog, loader, first, versions } = await served()
  expect(versions()).toEqual(['tiny/1'])
  expect([...loader.loaded.keys()]).toEqual([first.digest])
  const { bundle, starts } = catalog.model('tiny')
  expect(bundle).toEqual(first)
  expect(starts).toEqual([{ states: Float64Array.from([0, 0, 0, 0]), actions: new Float32Array() }])
  expect(catalog.byDigest(first.digest)).toMatchObject({ bundle: first, starts })
  expect(catalog.byDigest('another')).toBeUndefined()
})

test('a new version is loaded, then served; the old one is not loaded again', async () => {
  const { catalog, models, loader, versions, outcomes } = await served()
  let servedWhileLoading: string[] = []
  loader.loading = async () => {
    servedWhileLoading = versions()
  }
  await publishTiny(models)
  await catalog.reload()
  expect(servedWhileLoading).toEqual(['tiny/1'])
  expect(versions()).toEqual(['tiny/1', 'tiny/2'])
  expect(catalog.model().bundle.version).toBe('2')
  await catalog.reload()
  expect(loader.calls).toEqual(['load tiny/1', 'load tiny/2'])
  expect(outcomes).toEqual(['ok', 'ok'])
})

test('what is meant without a name is there first, and nothing else answers in its place', async () => {
  const folder = await modelsFolder()
  for (const name of ['ant', 'zebra', 'zebra']) await publishTiny(folder, name)
  await setLabel(folder, KINDS, 'ant', 'stable', '1')
  await setLabel(folder, KINDS, 'zebra', 'default', '1')
  const loader = new FakeLoader()
  const { catalog } = await served({ folder, loader })
  expect(loader.calls.slice(0, 3)).toEqual(['load zebra/1', 'load zebra/2', 'load ant/1'])
  expect(catalog.model().bundle).toMatchObject({ name: 'zebra', version: '1' })
  await setLabel(folder, KINDS, 'zebra', 'default', '2')
  await publishTiny(folder, 'newt')
  let meanwhile: unknown
  loader.loading = async () => {
    meanwhile = await Promise.resolve()
      .then(() => catalog.model('newt'), undefined)
      .catch((error) => error)
  }
  await catalog.reload()
  expect(meanwhile).toMatchObject({ code: 'not_ready', message: 'newt is being loaded' })
  expect(catalog.model().bundle.version).toBe('2')
})

test('a session of a model that is being loaded waits; of one that is refused or unknown, it is gone', async () => {
  const { catalog, models, loader } = await served()
  const { digest } = await publishTiny(models)
  let meanwhile: unknown
  loader.loading = async () => {
    meanwhile = await Promise.resolve()
      .then(() => modelOfSession(catalog, digest))
      .catch((error) => error)
  }
  await catalog.reload()
  expect(meanwhile).toMatchObject({ code: 'not_ready', message: 'tiny@2 is being loaded' })
  expect(modelOfSession(catalog, digest)?.bundle.version).toBe('2')
  const bad = await publishTiny(models, 'bad')
  loader.refuses = ({ name }) => name === 'bad'
  await catalog.reload()
  for (const gone of [bad.digest, 'another']) expect(modelOfSession(catalog, gone)).toBeUndefined()
})

test('the folder is followed', async () => {
  const { models, versions, catalog } = await served({ everyMs: 5 })
  await publishTiny(models)
  await publishTiny(models, 'ant')
  await vi.waitFor(() => expect(versions()).toEqual(['ant/1', 'tiny/1', 'tiny/2']), {
    interval: 5,
    timeout: 30_000,
  })
  await setLabel(models, KINDS, 'tiny', 'stable', '1')
  await vi.waitFor(() => expect(catalog.model('tiny').bundle.version).toBe('1'), {
    interval: 5,
    timeout: 30_000,
  })
  await setLabel(models, KINDS, 'tiny', 'stable', '2')
  await vi.waitFor(() => expect(catalog.model('tiny@stable').bundle).toMatchObject({ version: '2' }), {
    interval: 5,
    timeout: 30_000,
  })
})

test('a new version with an altered file is refused and the old one is served on', async () => {
  const { models, catalog, versions, refused, outcomes } = await served()
  const second = await publishTiny(models)
  await writeFile(join(second.directory, 'embed.onnx'), 'bytes of EMBED')
  await catalog.reload()
  expect([versions(), refused(), outcomes]).toEqual([['tiny/1'], ['tiny/2'], ['failed']])
  await removeAtOnce(second)
  await catalog.reload()
  expect([refused(), outcomes]).toEqual([[], ['failed', 'ok']])
})

test('a new version that the engine refuses is not served, nor is what a label on it stands for', async () => {
  const { models, catalog, loader, versions, refused, outcomes } = await served()
  await publishTiny(models)
  await setLabel(models, KINDS, 'tiny', 'stable', '2')
  loader.refuses = ({ version }) => version === '2'
  await catalog.reload()
  expect([versions(), refused(), outcomes]).toEqual([['tiny/1'], ['tiny/2', 'tiny@stable'], ['failed']])
  expect(() => catalog.model('tiny')).toThrow(expect.objectContaining({ code: 'unknown_model' }))
  expect(catalog.model('tiny@1').bundle.version).toBe('1')
})

test('a version that becomes bad in place is served on as it was', async () => {
  const { first, catalog, versions, refused } = await served()
  await writeFile(join(first.directory, 'manifest.json'), '{')
  await catalog.reload()
  await catalog.reload()
  expect([versions(), refused()]).toEqual([['tiny/1'], ['tiny/1']])
  expect(catalog.model('tiny').bundle).toEqual(first)
})

test('a version that is replaced in place by one that the engine refuses is served on as it was', async () => {
  const { first, catalog, loader, refused } = await served()
  const changed = (manifest: Record<string, unknown>) => {
    manifest.reward = 'another'
  }
  await editManifest(first, changed)
  loader.refuses = ({ digest }) => digest !== first.digest
  await catalog.reload()
  expect(catalog.model('tiny').bundle.digest).toBe(first.digest)
  expect(refused()).toEqual(['tiny/1'])
  loader.refuses = () => false
  await catalog.reload()
  expect(catalog.model('tiny').bundle.manifest.reward).toBe('another')
})

test('a removed version is kept for the sessions that are bound to it, then unloaded', async () => {
  const { models, first, catalog, loader, bound, versions } = await served({ lingerMs: 30 })
  await publishTiny(models)
  bound.add(first.digest)
  await removeAtOnce(first)
  await catalog.reload()
  expect(versions()).toEqual(['tiny/2'])
  expect(() => catalog.model('tiny@1')).toThrow(expect.objectContaining({ code: 'unknown_model' }))
  await new Promise((resolve) => setTimeout(resolve, 90))
  expect(catalog.byDigest(first.digest)?.bundle).toEqual(first)
  expect(loader.loaded.has(first.digest)).toBe(true)
  bound.clear()
  await vi.waitFor(() => expect(loader.calls).toContain('unload tiny/1'), { interval: 5, timeout: 30_000 })
  expect(catalog.byDigest(first.digest)).toBeUndefined()
  expect(loader.loaded.size).toBe(1)
})

test('a removed version that comes back is served without being loaded again', async () => {
  const { models, first, catalog, loader, versions } = await served()
  await removeAtOnce(first)
  await catalog.reload()
  expect(versions()).toEqual([])
  await publishTiny(models)
  await catalog.reload()
  expect(versions()).toEqual(['tiny/1'])
  expect(loader.calls).toEqual(['load tiny/1'])
})

test('other models follow the folder while one is proven', async () => {
  const { models, first, loader, versions, refused } = await served({ everyMs: 5 })
  let signal: AbortSignal | undefined
  const load = loader.load.bind(loader)
  loader.load = async (bundle: Bundle, given?: AbortSignal) => {
    if (bundle.name !== 'hanging') return load(bundle)
    signal = given
    return new Promise((_, fail) => given!.addEventListener('abort', () => fail(given!.reason)))
  }
  const hanging = await publishTiny(models, 'hanging') // which may be looked at before this returns
  await vi.waitFor(() => expect(signal).toBeDefined(), { interval: 5, timeout: 30_000 })
  await removeAtOnce(first)
  await vi.waitFor(() => expect(versions()).toEqual([]), { interval: 5, timeout: 30_000 })
  expect(signal!.aborted).toBe(false)
  await publishTiny(models, 'ant') // waits for its proof
  await removeAtOnce(hanging)
  await vi.waitFor(() => expect(signal!.aborted).toBe(true), { interval: 5, timeout: 30_000 })
  await vi.waitFor(() => expect(versions()).toEqual(['ant/1']), { interval: 5, timeout: 30_000 })
  // A look that began before the folder went may have met a part of it; the next one does not.
  await vi.waitFor(() => expect(refused()).toEqual([]), { interval: 5, timeout: 30_000 })
})

test('what was refused is not tried again until somebody asks, and is forgotten when it goes', async () => {
  const { models, catalog, loader, refused } = await served({ everyMs: 5 })
  loader.refuses = ({ version }) => version === '2'
  const second = await publishTiny(models)
  await vi.waitFor(() => expect(refused()).toEqual(['tiny/2']), { interval: 5, timeout: 30_000 })
  await publishTiny(models, 'ant')
  await vi.waitFor(() => expect(loader.calls).toContain('load ant/1'), { interval: 5, timeout: 30_000 })
  expect(loader.calls.filter((call) => call === 'load tiny/2')).toHaveLength(1)
  await catalog.reload()
  expect(loader.calls.filter((call) => call === 'load tiny/2')).toHaveLength(2)
  await removeAtOnce(second)
  await vi.waitFor(() => expect(refused()).toEqual([]), { interval: 5, timeout: 30_000 })
})

test('a start does not wait for ever for a bundle that is being proven', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  const hanging = await publishTiny(models, 'hanging')
  const loader = new FakeLoader()
  const load = loader.load.bind(loader)
  loader.load = async (bundle: Bundle) =>
    bundle.digest === hanging.digest ? new Promise(() => {}) : load(bundle)
  await setLabel(models, KINDS, 'hanging', 'stable', '1') // and so it comes first
  const { versions } = await served({ folder: models, loader, patienceMs: 20 })
  expect(versions()).toEqual([]) // its turn has not come
})

test('a model that executors can not load any more is refused, and the rest is served', async () => {
  const models = await modelsFolder()
  const bundle = await publishTiny(models, 'fragile')
  let tell = (_: { digest: string; reason: string }) => {}
  const loader = Object.assign(new FakeLoader(), { onRefused: (listener: typeof tell) => (tell = listener) })
  const { versions, refused } = await served({ folder: models, loader })
  tell({ digest: bundle.digest, reason: 'five executors ended' })
  expect([versions(), refused()]).toEqual([['tiny/1'], ['fragile/1']])
})

test('reloads that overlap run one after the other, and the last one counts', async () => {
  const { models, catalog, loader, versions } = await served()
  let loading = 0
  loader.loading = async () => {
    expect(++loading).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    loading--
  }
  await publishTiny(models)
  const reloads = [catalog.reload()]
  await publishTiny(models)
  reloads.push(catalog.reload(), catalog.reload())
  await Promise.all(reloads)
  expect(versions()).toEqual(['tiny/1', 'tiny/2', 'tiny/3'])
})

test('executors that fail change nothing, and the folder is looked at again', async () => {
  const { models, catalog, loader, versions, outcomes } = await served({ everyMs: 5 })
  let failing = true
  loader.loading = async () => {
    if (failing) throw new Error('no executor')
  }
  await publishTiny(models)
  await vi.waitFor(
    () => expect(outcomes.filter((outcome) => outcome === 'failed').length).toBeGreaterThan(1),
    { interval: 5, timeout: 30_000 },
  )
  expect(versions()).toEqual(['tiny/1'])
  await expect(catalog.reload()).rejects.toThrow('no executor')
  failing = false
  await vi.waitFor(() => expect(versions()).toEqual(['tiny/1', 'tiny/2']), { interval: 5, timeout: 30_000 })
})

test('a bundle that can not be loaded does not hold up those after it', async () => {
  const { models, catalog, loader, versions } = await served()
  const load = loader.load.bind(loader)
  loader.load = async (bundle: Bundle) => {
    if (bundle.name !== 'tiny') throw new Error(`no executor for ${bundle.name}`)
    return load(bundle)
  }
  await publishTiny(models)
  await publishTiny(models, 'ant')
  await setLabel(models, KINDS, 'ant', 'stable', '1') // and so it comes first
  await expect(catalog.reload()).rejects.toThrow('no executor for ant')
  expect(versions()).toEqual(['tiny/1', 'tiny/2'])
  await publishTiny(models, 'hopper')
  await publishTiny(models)
  await expect(catalog.reload()).rejects.toMatchObject({ errors: [{}, {}] })
  expect(versions()).toEqual(['tiny/1', 'tiny/2', 'tiny/3'])
})

test('executors that fail at the start do not end it, and the folder is looked at again', async () => {
  const loader = new FakeLoader()
  let failures = 0
  loader.loading = async () => {
    if (failures++ < 2) throw new Error('no executor')
  }
  const { versions } = await served({ everyMs: 5, loader })
  await vi.waitFor(() => expect(versions()).toEqual(['tiny/1']), { interval: 5, timeout: 30_000 })
  expect(failures).toBe(3)
})

test('a models folder that goes leaves what is served; one that was never there stops the start', async () => {
  const { models, catalog, versions } = await served()
  await rm(models, { recursive: true })
  await expect(catalog.reload()).rejects.toMatchObject({ code: 'invalid_config' })
  expect(versions()).toEqual(['tiny/1'])
  await expect(served({ models })).rejects.toMatchObject({ code: 'invalid_config' })
})

test('a models folder that goes is told once, and so is its return', async () => {
  const lines: string[] = []
  const tell = (_: object, message: string) => void (message.includes('models folder') && lines.push(message))
  const { models } = await served({ everyMs: 5, logger: { info: tell, error: tell } })
  await rename(models, `${models}-away`)
  await vi.waitFor(() => expect(lines).toHaveLength(1), { interval: 5, timeout: 30_000 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  await rename(`${models}-away`, models)
  await vi.waitFor(() => expect(lines).toHaveLength(2), { interval: 5, timeout: 30_000 })
  expect(lines[0]).toContain('what is served stays')
  expect(lines[1]).toContain('again')
})
