// Takes a lock when it is told to, and keeps it.
import { takeLock } from '../../src/common/lock.ts'

process.once('message', () => {
  try {
    takeLock(process.argv[2]!, 'it', 'no')
    process.send?.('taken')
  } catch {
    process.send?.('refused')
  }
})
setInterval(() => {}, 1000)
process.send?.('ready')
