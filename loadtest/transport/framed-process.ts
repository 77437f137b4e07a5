// A child process that answers in hand-made frames over a Unix socket.
import { connect } from 'node:net'
import { decodeFrame, encodeFrame, frameReader } from './frames.ts'
import { copyOf, type Payload } from './payload.ts'

process.once('message', ({ path, answers }: { path: string; answers: Record<string, Payload> }) => {
  const socket = connect(path)
  socket.on(
    'data',
    frameReader((frame) => {
      const { id, payload } = decodeFrame(frame)
      socket.write(encodeFrame(id, copyOf(answers[payload.kind as string]!)))
    }),
  )
})
process.on('disconnect', () => process.exit(0))
