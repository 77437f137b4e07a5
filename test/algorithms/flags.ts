import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../src/common/config.ts'

export const parseTrainFlags = (...argv: string[]) => parseFlags(TrainFlags, argv)
