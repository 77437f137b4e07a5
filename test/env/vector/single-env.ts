// What a copy must be like: an environment of its own, reset by hand as the autoreset mode says.
import { MujocoEnv } from '../../../src/env/mujoco/mujoco-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import type { MujocoTask } from '../../../src/env/mujoco/task.ts'
import type { PerAgent } from '../../../src/env/parallel-env.ts'
import type { AutoresetMode } from '../../../src/env/vector/vector-env.ts'
import type { Outcome, Seen } from './rows.ts'

export class SingleEnv {
  private readonly env: MujocoEnv
  private readonly autoreset: AutoresetMode

  static async make(task: MujocoTask, autoreset: AutoresetMode): Promise<SingleEnv> {
    return new SingleEnv(new MujocoEnv(task, await createSimulation(task.xml)), autoreset)
  }

  private constructor(env: MujocoEnv, autoreset: AutoresetMode) {
    this.env = env
    this.autoreset = autoreset
  }

  get over(): boolean {
    return this.env.agents.length === 0
  }

  reset(seed?: number): Seen {
    const { observations } = this.env.reset(seed === undefined ? {} : { seed })
    return { observations, state: this.env.state() }
  }

  step(actions: PerAgent<ArrayLike<number>>): Outcome {
    if (this.over && this.autoreset === 'next_step') return this.resettingStep()
    if (this.over && this.autoreset === 'next_step_acted') this.reset()
    const { observations, rewards, terminations, truncations } = this.env.step(actions)
    const ended = { terminated: terminations.agent_0!, truncated: truncations.agent_0! }
    const last = { observations, state: this.env.state() }
    if (this.over && this.autoreset === 'same_step')
      return { ...this.reset(), rewards, ...ended, final: last }
    return { ...last, rewards, ...ended }
  }

  close(): void {
    this.env.close()
  }

  private resettingStep(): Outcome {
    const rewards = Object.fromEntries(this.env.possibleAgents.map((agent) => [agent, 0]))
    return { ...this.reset(), rewards, terminated: false, truncated: false }
  }
}
