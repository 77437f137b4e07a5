// A training that kills itself, as a machine without power does: `killed-run.ts FOLDER LABEL N`, at the N-th report of LABEL.
import { syntheticConfig, trainSynthetic } from './synthetic-run.ts'

const [folder, label, count] = process.argv.slice(2)
let seen = 0
await trainSynthetic(folder!, syntheticConfig(), {
  cores: 2,
  reporter: {
    update: (progress) => {
      if (progress.label === label && ++seen === Number(count)) process.kill(process.pid, 'SIGKILL')
    },
  },
})
