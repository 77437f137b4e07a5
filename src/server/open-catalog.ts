// Opens the catalog of a running server, which follows the models folder.
import { poll } from '../common/poll.ts'
import { modelsSignature } from '../registry/watch.ts'
import type { Catalog } from './catalog.ts'
import { type Followed, FollowingCatalog } from './following-catalog.ts'

export interface CatalogOptions extends Followed {
  /** between looks at the folder; 0: only reload() looks */
  everyMs: number
  /** A model is unloaded this long after it was last served or bound: requests may still be on their way to it. */
  lingerMs?: number
  /** how long the start waits for everything to be proven; for a first model six times as long */
  patienceMs?: number
}

export interface OpenCatalog extends Catalog {
  /** Stops following the folder. */
  close(): void
}

/** Throws DimaError `invalid_config` when the models folder can't be read. */
export async function openCatalog(options: CatalogOptions): Promise<OpenCatalog> {
  const { everyMs, lingerMs = 30_000, patienceMs = 10_000, logger } = options
  const catalog = new FollowingCatalog(options)
  const look = looker(catalog, options)
  const first = await look().catch(() => '') // openRepository says what is wrong
  await begin(catalog, patienceMs)
  const changed = () =>
    catalog.follow().catch((err) => {
      logger.error({ err }, 'models not reloaded; trying again')
      throw err
    })
  const stop = everyMs > 0 ? poll({ look, first, everyMs, changed }) : () => {}
  const sweep = setInterval(() => catalog.unloadUnused(lingerMs), Math.max(lingerMs / 4, 10)).unref()
  const close = () => {
    stop()
    clearInterval(sweep)
    catalog.stopProof()
  }
  return Object.assign(catalog, { close })
}

/** What a look at the folder sees, for comparison; the log hears once when it can't be read. */
function looker(catalog: FollowingCatalog, { models, logger }: CatalogOptions): () => Promise<string> {
  let lost = false
  return async () => {
    try {
      const now = `${catalog.failures} ${await modelsSignature(models)}`
      if (lost) logger.info({ models }, 'the models folder can be read again')
      lost = false
      return now
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (!lost) logger.error({ models, code }, "the models folder can't be read; what is served stays")
      lost = true
      throw error
    }
  }
}

async function begin(catalog: FollowingCatalog, patienceMs: number): Promise<void> {
  const settled = await catalog.scan()
  const settling = settled().catch((err) => catalog.failed(err)) // no reason to serve nothing
  await Promise.race([settling, impatience(patienceMs)])
  if (catalog.repository.bundles.length === 0)
    await Promise.race([settling, catalog.served, impatience(5 * patienceMs)])
}

const impatience = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())
