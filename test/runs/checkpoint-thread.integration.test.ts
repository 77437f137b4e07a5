// Checkpoints written in a thread of their own.
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { errorText } from '../../src/common/command.ts'
import { loadCheckpoint } from '../../src/runs/checkpoint.ts'
import { EpochLoop } from '../../src/runs/epoch-loop.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { openWriter } from '../../src/runs/write-checkpoint.ts'
import { type Counted, Counting } from './counting.ts'
import { quiet } from './fixture.ts'

let path: string
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'dima-'))
})
afterEach(() => rmSync(path, { recursive: true, force: true }))

const open = (epochs: Counting) =>
  EpochLoop.open(epochs, {
    folder: new RunFolder(path),
    reporter: quiet,
    resources: { cores: 2, stepsPerCall: 1 },
  })

test('the last checkpoint is whole when the run ends, and no thread is left', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
  const loop = await open(new Counting())
  await loop.run()
  expect(loadCheckpoint<Counted>(join(path, 'checkpoint.msgpack'))).toMatchObject({ epoch: 4, sum: 10 })
  await loop.close()
  expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length).toBe(before)
})

test('what is made of the state afterwards is not written', async () => {
  const writer = openWriter(2)
  const [file, checkpoint] = [join(path, 'x'), { numbers: Float32Array.of(1, 2, 3) }]
  const written = writer.write(file, checkpoint)
  checkpoint.numbers.fill(0)
  await written
  expect(loadCheckpoint<typeof checkpoint>(file)!.numbers).toEqual(Float32Array.of(1, 2, 3))
  await writer.close()
})

/** As soon as the thread is done with the file of the write before. */
function occupy(file: string): void {
  for (;;) {
    try {
      symlinkSync('/dev/full', file)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

test.skipIf(process.platform !== 'linux')(
  'a full disk ends the run with a line that names the file',
  async () => {
    const file = join(path, 'checkpoint.msgpack')
    const aside = `checkpoint.msgpack.${process.pid}.tmp`
    const loop = await open(new Counting((epoch) => epoch === 3 && occupy(join(path, aside))))
    const error = await loop.run().catch((thrown: unknown) => thrown)
    await loop.close()
    expect(error).toMatchObject({ code: 'ENOSPC', path: file })
    expect(errorText(error, { '--out': path })).toBe(`--out: ${file}: the disk is full (ENOSPC)`)
    expect(readdirSync(path)).not.toContain(aside)
    const kept = loadCheckpoint<Counted>(file)!
    expect(kept.epoch).toBeLessThan(4)
    const again = await open(new Counting())
    await again.run()
    await again.close()
    expect(loadCheckpoint<Counted>(file)).toMatchObject({ epoch: 4, sum: 10 })
  },
)
