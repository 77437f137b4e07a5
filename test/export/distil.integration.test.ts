// `--distil-embedding`, of a model of the debug preset with random weights: what is exported imagines as well as the original, or
// is the original.
import { beforeAll, expect, test } from 'vitest'
import { parseFlags } from '../../src/common/config.ts'
import type { EpisodeSource } from '../../src/episodes/sources/source.ts'
import { ExportFlags } from '../../src/export/command.ts'
import { type Chosen, chooseDistilled } from '../../src/export/distil/distil.ts'
import { judge, worstGrowth } from '../../src/export/distil/judge.ts'
import { PROOF_LIMITS, proveIn } from '../../src/inference/executors/proof.ts'
import { readCard } from '../../src/registry/card.ts'
import { readGraphs } from '../../src/registry/load.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { openSimulator } from '../../src/worlds/open-simulator.ts'
import { randomEpisode, temporaryFolder } from '../runs/data.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { publishedModel, trainedModel } from './fixture.ts'

const source = { heldOut: async () => [randomEpisode(60, 'truncated', 'unseen')] } as unknown as EpisodeSource

/** The embedding is made to matter: that of a random model hardly does. */
function model() {
  const made = trainedModel()
  const head = made.weights.denoiser.get('actions.head.weight')!
  for (let i = 0; i < head.length; i++) head[i]! *= 8
  return Object.assign(made, { checkpoint: { episodes: 0 } })
}

const flagsOf = (updates: number) =>
  parseFlags(ExportFlags, [
    '--run',
    temporaryFolder(),
    '--segments',
    '20',
    '--distil-updates',
    String(updates),
  ])

const choose = (flags: ExportFlags, lines: string[] = []): Promise<Chosen> =>
  chooseDistilled(model(), source, flags, (line) => void lines.push(line))

beforeAll(useCpu)

test('one that learned is proven, served and imagines as the original; manifest and card tell of it', async () => {
  const lines: string[] = []
  const { model: chosen, distilled } = await choose(flagsOf(800), lines)
  expect(lines.at(-1)).toMatch(/^embed is distilled: it is [\d.]+ % of the deviation from what it learned/)
  expect(worstGrowth(distilled!.plans).growth).toBeLessThanOrEqual(0.02)
  expect(distilled!.fitError).toBeLessThan(0.1)

  const bundle = await publishedModel(chosen, { distilled })
  expect(bundle.manifest).toMatchObject({ distilled, training: { updates: { embedding: 800 } } })
  expect(await readCard(bundle)).toContain('`embed.onnx` holds a small network that learned')
  const prove = proveIn(KINDS, { ...PROOF_LIMITS, runSeconds: 60 }, { info: () => {} })
  expect(await prove(bundle)).toHaveProperty('starts')
  const simulator = await openSimulator(KINDS, bundle.manifest, await readGraphs(bundle))
  await simulator.close()

  const options = { segments: 30, seed: 3, device: 'cpu' as const }
  const episodes = [randomEpisode(60, 'truncated', 'others')]
  expect(worstGrowth(await judge(model(), chosen, episodes, options)).growth).toBeLessThan(0.02)
}, 120_000)

test('where the error grows by more than it may the model stays what it was, and it is said why', async () => {
  const lines: string[] = []
  const { model: chosen, distilled } = await choose({ ...flagsOf(1), distilWithin: -0.5 }, lines)
  expect(distilled).toBeUndefined()
  expect(chosen.graphs).toHaveProperty('embed.network', 'denoiser')
  expect(lines.at(-1)).toMatch(/^embed stays the model's own.* grows by -?\d.* %.*, more than -50\.0 %$/)
})

test('the same run, seed and updates give the same network', async () => {
  const weights = async () => (await choose(flagsOf(20))).model.weights.embedding
  expect(await weights()).toEqual(await weights())
})

test('a growth that is not a number is one without end', () => {
  const plan = { plan: 'joint', oneStepStateL1: [1, 1] }
  const growthOf = (after: number) => worstGrowth([{ ...plan, cumulativeStateL1: [2, after] }]).growth
  expect([growthOf(2.5), growthOf(Number.NaN)]).toEqual([0.25, Number.POSITIVE_INFINITY])
})
