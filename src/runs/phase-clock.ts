// How long each phase of an epoch takes and what is known of its parts, how much processor time all threads use, and how
// long this one had nothing to do.

export class PhaseClock {
  private readonly began = performance.now()
  private readonly cpu = process.cpuUsage()
  private readonly loop = performance.eventLoopUtilization()
  private readonly phases: Record<string, { seconds: number; cpu: number }> = {}
  private readonly parts: Record<string, number> = {}
  private figures: Record<string, number> = {}

  /** Runs a phase; the same name may come again. */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const [began, used] = [performance.now(), process.cpuUsage()]
    try {
      return await work()
    } finally {
      const { seconds, cpu } = this.phases[phase] ?? { seconds: 0, cpu: 0 }
      this.phases[phase] = {
        seconds: seconds + (performance.now() - began) / 1000,
        cpu: cpu + cpuSeconds(used),
      }
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
   * Seconds so far: of everything, of the processors, those in which this thread waited for others; of each phase
   * `seconds_<phase>` and `cpu_seconds_<phase>`, `<part>_seconds`; and what was noted.
   */
  read(): Record<string, number> {
    const phases = Object.entries(this.phases)
    const parts = Object.entries(this.parts).map(([part, seconds]) => [`${part}_seconds`, short(seconds)])
    return {
      seconds: short((performance.now() - this.began) / 1000),
      cpu_seconds: short(cpuSeconds(this.cpu)),
      idle_seconds: short(performance.eventLoopUtilization(this.loop).idle / 1000),
      ...Object.fromEntries(phases.map(([phase, { seconds }]) => [`seconds_${phase}`, short(seconds)])),
      ...Object.fromEntries(phases.map(([phase, { cpu }]) => [`cpu_seconds_${phase}`, short(cpu)])),
      ...Object.fromEntries(parts),
      ...this.figures,
    }
  }
}

/** Of all threads since then. */
function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

const short = (seconds: number) => Number(seconds.toFixed(3))
