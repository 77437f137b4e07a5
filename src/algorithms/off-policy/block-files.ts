// The replay on disk, a file an epoch: a checkpoint says how many there are, and holds none of it.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Packr } from 'msgpackr'
import { DimaError } from '../../common/errors.ts'
import { makeFolder, writeFileAtomic } from '../../common/files.ts'
import { numbersOf, packArrays } from '../../common/packed-arrays.ts'
import { seal, unseal } from '../../common/seal.ts'
import type { Block } from './block.ts'

const packr = new Packr({ useRecords: false })

/** Blocks that are kept beyond the replay's: the last whole checkpoint may be an epoch older, and one is in writing. */
const SPARE = 3

export class BlockFiles {
  private readonly folder: string

  /** @param folder of the run's replay */
  constructor(folder: string) {
    this.folder = folder
  }

  save(epoch: number, block: Block): void {
    makeFolder(this.folder)
    writeFileAtomic(this.path(epoch), seal(packr.pack(packArrays(block))))
  }

  /** DimaError `invalid_config` where it is missing or its bytes have changed. */
  load(epoch: number): Block {
    const path = this.path(epoch)
    if (!existsSync(path)) throw damaged(path, 'is missing')
    try {
      return unpack(packr.unpack(unseal(readFileSync(path))))
    } catch (error) {
      throw damaged(path, `is damaged, ${(error as Error).message}`)
    }
  }

  /** Deletes what is older than the `kept` newest up to `epoch`. */
  forget(epoch: number, kept: number): void {
    if (!existsSync(this.folder)) return
    for (const name of readdirSync(this.folder)) {
      const own = Number.parseInt(name, 10)
      if (own <= epoch - kept - SPARE) rmSync(join(this.folder, name), { force: true })
    }
  }

  private path(epoch: number): string {
    return join(this.folder, `${epoch}.msgpack`)
  }
}

/** Throws what is no block. */
function unpack(packed: Record<string, unknown>): Block {
  const { steps: T, copies: E, fresh } = packed
  if (typeof T !== 'number' || typeof E !== 'number') throw new Error('it is no block of transitions')
  const block = {
    steps: T,
    copies: E,
    fresh: fresh === true,
    inputs: numbersOf('f4', packed.inputs),
    observations: numbersOf('f4', packed.observations),
    actions: numbersOf('f4', packed.actions),
    rewards: numbersOf('f4', packed.rewards, T * E),
    ends: numbersOf('i4', packed.ends),
    terminated: numbersOf('u1', packed.terminated),
  }
  const rows = (T + 1) * E + block.ends.length
  const fits = [block.inputs, block.observations].every(({ length }) => length % rows === 0)
  if (!fits || block.terminated.length !== block.ends.length)
    throw new Error('its arrays do not fit together')
  return block
}

const damaged = (path: string, why: string): DimaError =>
  new DimaError(
    'invalid_config',
    `the transitions ${path} ${why}: put a copy in its place, or delete checkpoint.msgpack and the replay beside it: the same command then trains from the beginning`,
    { field: 'replay' },
  )
