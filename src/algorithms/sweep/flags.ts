// The flags of `npm run train` that choose one run of a file of runs. None of them can stand in such a file.
import Type, { type Static } from 'typebox'
import { TrainFlags } from '../train-flags.ts'

const sweepFlags = {
  sweep: Type.String({
    default: '',
    description: 'file of runs, one JSON object of flags a line: trains one of them (docs/scaling.md)',
  }),
  index: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'which run of --sweep, the first is 0 (default $JOB_COMPLETION_INDEX, then $SLURM_ARRAY_TASK_ID)',
    }),
  ),
}

export const TrainCommandFlags = Type.Object(
  { ...TrainFlags.properties, ...sweepFlags },
  { additionalProperties: false },
)
export type TrainCommandFlags = Static<typeof TrainCommandFlags>
