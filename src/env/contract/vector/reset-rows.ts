// The step after an end: what the rows of copies say that it resets.
import type { AutoresetMode, VectorEnv, VectorStep } from '../../vector/vector-env.ts'
import { demand } from '../broken.ts'

const RESETTING: readonly AutoresetMode[] = ['next_step', 'next_step_acted']

/** `ended`: the copies whose episodes ended in the step before. */
export function checkResetRows({ autoreset }: VectorEnv, ended: readonly number[], answer: VectorStep): void {
  const refused = 'was not refused though an episode was over'
  demand(ended.length === 0 || RESETTING.includes(autoreset), 'step()', `${refused} in copies ${ended}`)
  for (const copy of ended) {
    const over = answer.terminations[copy] || answer.truncations[copy]
    demand(!over || autoreset !== 'next_step', 'step()', `copy ${copy} ends in the step that resets it`)
    for (const [agent, rewards] of Object.entries(answer.rewards)) {
      const paid = `${agent} gets ${rewards[copy]} in copy ${copy} for the step that resets it`
      demand(autoreset !== 'next_step' || rewards[copy] === 0, 'step()', paid, { field: agent })
    }
  }
}
