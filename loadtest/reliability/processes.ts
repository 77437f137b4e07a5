// What Linux tells about processes, from /proc. A process that has just ended has no children, no memory and no state.
import { readdirSync, readFileSync } from 'node:fs'

export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)[1] === String(parent))
}

/** Arguments of a process, separated by blanks. */
export const commandOf = (pid: number): string => read(pid, 'cmdline').replaceAll('\0', ' ')

/** R: on a processor or waiting for one. S: waiting for something else. T: stopped. */
export const stateOf = (pid: number): string => statOf(pid)[0] ?? ''

/** Resident memory; 0 when the process is gone. */
export function residentMiB(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s*(\d+) kB$/m.exec(read(pid, 'status')) ?? []
  return Number(kilobytes) / 1024
}

/** State, parent, and so on: what follows the name, which may hold blanks and brackets. */
const statOf = (pid: number): string[] => {
  const stat = read(pid, 'stat')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}
