// Loaded into a server before anything else, it lets whoever measures ask for a garbage collection (SIGUSR2): what a
// process holds afterwards it really keeps. Between two collections V8 lets its heap grow as far as it likes.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
process.on('SIGUSR2', () => collect())
