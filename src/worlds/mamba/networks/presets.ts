// Network sizes. `paper` is the original's tuned configuration (docs/mamba.md); `small` learns HalfCheetah on two cores and
// makes a bundle of some 7 MB; `debug` runs in seconds and is for tests.
import type { PresetName } from '../../../networks/policy-sizes.ts'

/** Of an agent's latent state. */
export interface LatentSizes {
  /** D, the recurrent part */
  deter: number
  /** C, classes that are drawn, each of K */
  groups: number
  classes: number
}

export interface NetworksConfig extends LatentSizes {
  /** of every hidden layer, and of what agents tell each other */
  width: number
  attention: { layers: number; heads: number }
}

export const NETWORK_PRESETS: Record<PresetName, NetworksConfig> = {
  debug: { deter: 32, groups: 4, classes: 4, width: 32, attention: { layers: 1, heads: 2 } },
  small: { deter: 256, groups: 32, classes: 16, width: 256, attention: { layers: 1, heads: 8 } },
  paper: { deter: 256, groups: 32, classes: 32, width: 256, attention: { layers: 3, heads: 8 } },
}

/** F, numbers of an agent's latent state: the recurrent part, and the number of each class that was drawn. */
export const latentWidth = ({ deter, groups }: LatentSizes): number => deter + groups
