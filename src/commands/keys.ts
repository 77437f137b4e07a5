// npm run keys -- add | list | remove: the keys of a server.
import { runCommand } from '../common/command.ts'
import { Add, add, List, list, Remove, remove, USAGE } from '../server/auth/key-commands.ts'

const [command, ...argv] = process.argv.slice(2)
if (command === 'add') runCommand('keys add', Add, add, argv)
else if (command === 'list') runCommand('keys list', List, list, argv)
else if (command === 'remove') runCommand('keys remove', Remove, remove, argv)
else {
  console.error(USAGE)
  if (command !== '--help') process.exitCode = 1
}
