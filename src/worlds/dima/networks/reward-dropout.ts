// Where the reward model drops: the sites that it names, with the shapes of their masks.
import type { Dimensions } from '../../../networks/dimensions.ts'
import type { RewardConfig } from './presets.ts'

/** Of a batch of B sequences; none when the rate is 0. */
export function dropoutSites(
  { horizon }: Pick<Dimensions, 'horizon'>,
  { width, layers, heads, dropout }: RewardConfig,
  batch: number,
): { name: string; shape: number[] }[] {
  if (dropout === 0) return []
  const tokens = 2 * horizon
  const wide = (name: string) => ({ name, shape: [batch * tokens, width] })
  const ofBlock = (path: string) => [
    { name: `${path}.attention`, shape: [batch, 1, heads, tokens, tokens] },
    wide(`${path}.residual1`),
    wide(`${path}.residual2`),
  ]
  const blocks = Array.from({ length: layers }, (_, i) => ofBlock(`trunk.${i}`))
  return [wide('embedding'), ...blocks.flat()]
}
