// npm run check-env: holds a task, or an environment behind a bridge, against the contracts of environments.
import { runCommand } from '../common/command.ts'
import { CheckFlags, checkCommand } from '../env/contract/command.ts'

runCommand('check-env', CheckFlags, (flags) => checkCommand(flags, console.log))
