// What steps cost in processor time, on either side of the socket, and how large the batches were.
import { mean } from '../../src/common/statistics.ts'
import { figuresBetween, type Scrape, scrape } from '../server-metrics.ts'

export class Costs {
  private readonly url: string
  private steps = 0
  private serverSeconds = 0
  private generatorSeconds = 0
  private readonly batches: number[] = []

  constructor({ url }: { url: string }) {
    this.url = url
  }

  /** Returns what is to be told how many steps came of it. */
  async begin(): Promise<(steps: number) => Promise<void>> {
    const [before, usage] = [await scrape(this.url), process.cpuUsage()]
    return async (steps) => {
      const { user, system } = process.cpuUsage(usage)
      const after = await scrape(this.url)
      this.steps += steps
      this.generatorSeconds += (user + system) / 1e6
      this.serverSeconds += cpuOf(after) - cpuOf(before)
      this.batches.push(figuresBetween(before, after, 1).meanBatch.step ?? 0)
    }
  }

  /** Microseconds of processor time per step: the server's main process, and this one. */
  get perStep(): { server: number; generator: number } {
    const each = (seconds: number) => (1e6 * seconds) / this.steps
    return { server: each(this.serverSeconds), generator: each(this.generatorSeconds) }
  }

  get meanBatch(): number {
    return mean(this.batches)
  }
}

const cpuOf = (scraped: Scrape): number => scraped.get('process_cpu_seconds_total') ?? Number.NaN
