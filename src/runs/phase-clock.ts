// How long each phase of an epoch takes and what is known of its parts, how much processor time all threads use, and how
// long this one had nothing to do.

export class PhaseClock {
  private readonly began = performance.now()
  private readonly cpu = process.cpuUsage()
  private readonly loop = performance.eventLoopUtilization()
  private readonly phases: Record<string, number> = {}
  private readonly parts: Record<string, number> = {}
  private figures: Record<string, number> = {}

  /** Runs a phase; the same name may come again. */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.phases[phase] = (this.phases[phase] ?? 0) + (performance.now() - began) / 1000
    }
  }

  /** Runs a part of a phase, which may come again. */
  part<T>(name: string, work: () => T): T {
    const began = performance.now()
    const answer = work()
    this.parts[name] = (this.parts[name] ?? 0) + (performance.now() - began) / 1000
    return answer
  }

  /** Figures to be read with the times. */
  note(figures: Record<string, number>): void {
    this.figures = { ...this.figures, ...figures }
  }

  /**
   * Seconds so far: of everything, of the processors, those in which this thread waited for others, `seconds_<phase>` and
   * `<part>_seconds`; and what was noted.
   */
  read(): Record<string, number> {
    const { user, system } = process.cpuUsage(this.cpu)
    const phases = Object.entries(this.phases).map(([phase, seconds]) => [`seconds_${phase}`, short(seconds)])
    const parts = Object.entries(this.parts).map(([part, seconds]) => [`${part}_seconds`, short(seconds)])
    return {
      seconds: short((performance.now() - this.began) / 1000),
      cpu_seconds: short((user + system) / 1e6),
      idle_seconds: short(performance.eventLoopUtilization(this.loop).idle / 1000),
      ...Object.fromEntries([...phases, ...parts]),
      ...this.figures,
    }
  }
}

const short = (seconds: number) => Number(seconds.toFixed(3))
