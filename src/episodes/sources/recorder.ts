// One episode as it is played: what is seen at its start, then action, reward and what is seen after each step.
import type { Episode } from '../replay/episode.ts'
import type { Sight } from './copy-view.ts'
import { Series } from './series.ts'

export class EpisodeRecorder {
  private readonly states = new Series(Float64Array)
  private readonly observations = new Series(Float32Array)
  private readonly actions = new Series(Float32Array)
  private readonly rewards = new Series(Float32Array)

  constructor(first: Sight) {
    this.see(first)
  }

  /** @param actions of each agent, [A]; @param reward of the team; @param next after the step */
  step(actions: readonly Float32Array[], reward: number, next: Sight): void {
    for (const action of actions) this.actions.push(action)
    this.rewards.push([reward])
    this.see(next)
  }

  /** The observations after the last action are not part of an episode. */
  finish(terminated: boolean, truncated: boolean): Episode {
    const length = this.rewards.length
    const width = this.observations.length / (length + 1)
    return {
      length,
      states: this.states.take(),
      actions: this.actions.take(),
      observations: this.observations.take(length * width),
      rewards: this.rewards.take(),
      terminated,
      truncated,
    }
  }

  private see({ state, observations }: Sight): void {
    this.states.push(state)
    for (const observation of observations) this.observations.push(observation)
  }
}
