// Networks that are made alike and learn alike have one compiled train step, each with its own parameters and moments.
import type { Engine, StepRunner } from './engines/engine.ts'

export class SharedSteps {
  private readonly runners = new Map<string, { runner: Promise<StepRunner>; users: number }>()

  /** An engine that compiles a step once for all who name it so, and releases it with the last of them. */
  engine(engine: Engine, name: string): Engine {
    return async (step) => {
      const shared = this.runners.get(name) ?? { runner: engine(step), users: 0 }
      this.runners.set(name, shared)
      shared.users++
      return { ...(await shared.runner), release: () => this.leave(name) }
    }
  }

  private async leave(name: string): Promise<void> {
    const shared = this.runners.get(name)!
    if (--shared.users > 0) return
    this.runners.delete(name)
    await (await shared.runner).release()
  }
}
