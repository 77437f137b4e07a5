// npm run simulate: steps the true environment through given joint actions and writes what happened as JSON.
import { runCommand } from '../common/command.ts'
import { SimulateFlags, simulateCommand } from '../env/simulate-command.ts'

runCommand('simulate', SimulateFlags, async (flags) => console.log(await simulateCommand(flags)))
