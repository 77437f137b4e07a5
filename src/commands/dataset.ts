// npm run dataset: writes recorded episodes as a file, from a run or fresh ones of the random policy; says what a file holds.
import { runCommand } from '../common/command.ts'
import { DatasetFlags, datasetCommand } from '../runs/dataset-command.ts'
import { createReporter } from '../runs/progress.ts'

runCommand('dataset', DatasetFlags, async (flags) =>
  console.log(await datasetCommand(flags, createReporter())),
)
