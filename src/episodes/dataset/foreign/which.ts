// Layouts of other collections, by what a file has.
import type { Hdf5File } from '../hdf5.ts'
import { isFlat } from './flat.ts'
import { isRobomimic } from './robomimic.ts'

export function foreignLayout(file: Hdf5File): 'D4RL' | 'robomimic' | undefined {
  if (isFlat(file)) return 'D4RL'
  return isRobomimic(file) ? 'robomimic' : undefined
}
