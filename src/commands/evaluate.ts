// npm run evaluate: imagination error of a run's world model on episodes that it did not see, and the returns of its
// policy; table, evaluation.json, error.svg.
import { runCommand } from '../common/command.ts'
import { EvaluateFlags, evaluateCommand } from '../evaluation/command.ts'

runCommand('evaluate', EvaluateFlags, async (flags) => console.log(await evaluateCommand(flags)))
