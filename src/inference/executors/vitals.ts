// What Linux tells of a process from outside, whatever it is busy with. Elsewhere nothing is known.
import { readFileSync } from 'node:fs'

export interface Vitals {
  /** processor time that it has used so far */
  cpuMs: number
  residentMiB: number
  /** held by a signal or a debugger: it can do nothing at all */
  stopped: boolean
}

/** Linux counts processor time in hundredths of a second, whatever the machine. */
const TICK_MS = 10

/** Undefined when the process has ended, or where there is no /proc. */
export function vitalsOf(pid: number | undefined): Vitals | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // What follows the name, which may hold blanks and brackets: state, parent ...
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return {
      cpuMs: TICK_MS * (Number(fields[11]) + Number(fields[12])),
      residentMiB: Number(kilobytes ?? 0) / 1024,
      stopped: fields[0] === 'T' || fields[0] === 't',
    }
  } catch {
    return undefined
  }
}
