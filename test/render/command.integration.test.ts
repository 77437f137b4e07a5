import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { elementsOf, putJson, temporaryFolder, trueEpisode } from './scenes.ts'

const run = (...flags: string[]) =>
  promisify(execFile)(process.execPath, [
    '--import',
    './src/common/typescript.mjs',
    'src/commands/render.ts',
    ...flags,
  ]).catch((error: { code: number; stdout: string; stderr: string }) => error)

test('draws a rollout over the truth, in real time', async () => {
  const folder = temporaryFolder()
  const episode = await trueEpisode('Walker2d-2x3')
  const truth = putJson(folder, 'true.json', episode)
  const rollout = putJson(folder, 'reply.json', { states: [episode.states.slice(1)] })
  const out = join(folder, 'film')
  const { stdout } = await run('--rollout', rollout, '--truth', truth, '--out', out, '--width', '240')
  expect(stdout).toContain('Walker2d-2x3-v1: 4 frames, 40 ms of the simulation each\n')
  expect(stdout).toContain(`written: ${out}/animation.gif, ${out}/strip.png, ${out}/frames/`)
  expect(readdirSync(folder).sort()).toEqual(['film', 'reply.json', 'true.json'])
  expect(readdirSync(out).sort()).toEqual(['animation.gif', 'frames', 'strip.png'])
  expect(await sharp(join(out, 'animation.gif'), { animated: true }).metadata()).toMatchObject({
    pages: 4,
    width: 240,
    pageHeight: 135,
    delay: [40, 40, 40, 1000],
  })
  const last = elementsOf(readFileSync(join(out, 'frames', '0003.svg'), 'utf8'))
  expect(last.map(({ attributes }) => attributes.class).filter(Boolean)).toEqual(['figure', 'ghost'])
})

test('a wrong flag is one line and exit code 1', async () => {
  const out = join(temporaryFolder(), 'film')
  const result = await run('--truth', 'x.json', '--out', out)
  expect(result).toMatchObject({
    code: 1,
    stdout: '',
    stderr: '--truth goes with --rollout, which is drawn over it\n',
  })
})
