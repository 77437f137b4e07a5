// Loaded into a server before anything else, it keeps some kilobytes of every request for ever: what watches memory
// must notice. See soak.ts, --leak.
import { Server } from 'node:http'

const KEPT_BYTES = 32 * 1024
const kept = []
const { emit } = Server.prototype

Server.prototype.emit = function (event, ...rest) {
  if (event === 'request' || event === 'upgrade') kept.push(Buffer.alloc(KEPT_BYTES, 1))
  return emit.call(this, event, ...rest)
}
