// npm run dataset: writes episodes as a file, of a run, of the random policy or of a model; says what a file holds.
import { runCommand } from '../common/command.ts'
import { DatasetFlags, datasetCommand } from '../evaluation/dataset/command.ts'
import { createReporter } from '../runs/progress.ts'

runCommand('dataset', DatasetFlags, async (flags) =>
  console.log(await datasetCommand(flags, createReporter())),
)
