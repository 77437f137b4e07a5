// Whether there is memory for what the settings ask for.
import { readFileSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import type { Bundle } from '../../registry/load.ts'
import { type Finding, ok, warn } from './finding.ts'

const MIB = 1024 * 1024

/**
 * Resident memory after a rollout of 512 rows of the shipped model (8.6 MB of graphs): 203 MiB of the server, 306 of its
 * executor (ps -o rss). Graphs are held about twice: as they are, and as the engine rearranges their weights.
 */
const SERVER_MIB = 203
const EXECUTOR_MIB = 290
const COPIES = 2

export function memoryNeeded(bundles: readonly Bundle[], executors: number): number {
  const bytes = bundles
    .flatMap(({ manifest }) => Object.values(manifest.graphs))
    .reduce((sum, { size }) => sum + size, 0)
  return SERVER_MIB + executors * (EXECUTOR_MIB + (COPIES * bytes) / MIB)
}

/** MiB that may still be taken: of the machine, or of the control group that we are in. */
export function memoryThere(): number {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  const left = limit - process.memoryUsage.rss()
  return Math.min(available(), left) / MIB
}

/** Linux counts what it can take back from caches, which Node's own number leaves out. */
function available(): number {
  try {
    const [, kib] = /^MemAvailable: +(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
    return kib ? 1024 * Number(kib) : freemem()
  } catch {
    return freemem()
  }
}

export function memoryFinding(bundles: readonly Bundle[], executors: number, there = memoryThere()): Finding {
  const [needed, left] = [memoryNeeded(bundles, executors), there].map(Math.round) as [number, number]
  const text = `about ${needed} MiB wanted, ${left} MiB there`
  return left >= needed ? ok('memory', text) : warn('memory', `${text}: fewer EXECUTORS, or fewer models`)
}

export function coresFinding(executors: number, cores = availableParallelism()): Finding {
  const text = `${executors} executor${executors === 1 ? '' : 's'} on ${cores} core${cores === 1 ? '' : 's'}`
  return executors <= cores ? ok('cores', text) : warn('cores', `${text}: they share them`)
}
