// npm run results: tables of docs/results.md and docs/tasks.svg from the summaries of runs in bench/runs/; with
// `-- --add runs/x runs/y` those of run folders are written first.
import { runCommand } from '../../src/common/command.ts'
import { splitPositionals } from '../../src/common/positionals.ts'
import { ResultsFlags, resultsCommand } from '../../src/evaluation/results/command.ts'

const { positionals: folders, flags } = splitPositionals(ResultsFlags, process.argv.slice(2))
runCommand(
  'results',
  ResultsFlags,
  async (parsed) => console.log(resultsCommand(folders, parsed, console.error)),
  flags,
)
