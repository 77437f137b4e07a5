// Denoisers that differ in how they learn or in their size, as they are named on the command line.
import { Hyperparameters } from '../../../src/algorithms/dima/hyperparameters.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { withOverrides } from '../../../src/runs/overrides.ts'
import { withSizes } from '../../../src/runs/sizes.ts'
import type { DenoiserConfig } from '../../../src/worlds/dima/networks/presets.ts'

export interface Variant {
  name: string
  sizes: DenoiserConfig
  hyperparameters: Hyperparameters['denoiser']
}

/**
 * @param text `name: field=value, ...; name: ...`: fields of `denoiser` among the hyper-parameters or the sizes; none: the preset's. DimaError `invalid_config`
 */
export function parseVariants(text: string, sizes: DenoiserConfig, whole: Hyperparameters): Variant[] {
  return text.split(';').map((one) => {
    const [name = '', changes = ''] = one.split(':').map((part) => part.trim())
    if (!name)
      throw new DimaError('invalid_config', 'a variant has no name', { field: 'variants', given: one })
    const all = changes.split(',').map((change) => change.trim())
    const isSize = (change: string) => Object.hasOwn(sizes, change.split(/[=.]/)[0]!.trim())
    const changed = withSizes(sizes, all.filter(isSize).join())
    const learning = all.filter((change) => change && !isSize(change)).map((change) => `denoiser.${change}`)
    const { denoiser } = withOverrides(Hyperparameters, whole, learning.join())
    const linear = denoiser.linearPath ? { linearPath: true } : {}
    return { name, sizes: { ...changed, ...linear }, hyperparameters: denoiser }
  })
}
