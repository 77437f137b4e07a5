// How long each phase of an epoch takes, and how much processor time all threads use.

export class PhaseClock {
  private readonly began = performance.now()
  private readonly cpu = process.cpuUsage()
  private readonly phases: Record<string, number> = {}

  /** Runs a phase; the same name may come again. */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.phases[phase] = (this.phases[phase] ?? 0) + (performance.now() - began) / 1000
    }
  }

  /** Seconds so far: of everything, of the processors, and `seconds_<phase>`. */
  read(): Record<string, number> {
    const { user, system } = process.cpuUsage(this.cpu)
    const phases = Object.entries(this.phases).map(([phase, seconds]) => [`seconds_${phase}`, short(seconds)])
    return {
      seconds: short((performance.now() - this.began) / 1000),
      cpu_seconds: short((user + system) / 1e6),
      ...Object.fromEntries(phases),
    }
  }
}

const short = (seconds: number) => Number(seconds.toFixed(3))
