// Every flag that a document gives a command is one that it has.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TObject } from 'typebox'
import { describe, expect, test } from 'vitest'
import { TrainCommandFlags } from '../../src/algorithms/sweep/flags.ts'
import { flagOf } from '../../src/common/config.ts'
import { BridgeFlags } from '../../src/env/bridge/command.ts'
import { CheckFlags } from '../../src/env/contract/command.ts'
import { SimulateFlags } from '../../src/env/simulate-command.ts'
import { EvaluateFlags } from '../../src/evaluation/command.ts'
import { DatasetFlags } from '../../src/evaluation/dataset/command.ts'
import { ReproduceFlags } from '../../src/evaluation/reproduce/command.ts'
import { ExportFlags } from '../../src/export/command.ts'
import { RenderFlags } from '../../src/render/flags.ts'
import { ReportFlags } from '../../src/report/command.ts'
import { Add } from '../../src/server/auth/key-commands.ts'
import { blocksOf, ROOT } from './blocks.ts'

const SCHEMAS: Record<string, TObject> = {
  bridge: BridgeFlags,
  'check-env': CheckFlags,
  dataset: DatasetFlags,
  evaluate: EvaluateFlags,
  export: ExportFlags,
  'keys add': Add,
  render: RenderFlags,
  report: ReportFlags,
  reproduce: ReproduceFlags,
  simulate: SimulateFlags,
  train: TrainCommandFlags,
}

const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md', 'clients/python/README.md', 'deploy/README.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** `npm run train -- --seed 1`, wherever it stands in a block for shells. */
const COMMAND = /npm run ([a-z:-]+) -- (?:(add|list|remove) )?([^|#\n]*)/g

const commands = DOCUMENTS.flatMap((file) =>
  blocksOf(file)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ place, text }) =>
      [...text.matchAll(COMMAND)].map(([, script, word, rest]) => ({
        place,
        command: [script, word].filter(Boolean).join(' '),
        flags: [...rest!.matchAll(/(?:^| )(--[a-z-]+)/g)].map(([, flag]) => flag!),
      })),
    ),
)

describe('flags in documents', () => {
  test('are found', () => {
    expect(commands.length).toBeGreaterThan(20)
    expect(commands.map(({ command }) => command)).toEqual(
      expect.arrayContaining(['train', 'evaluate', 'export', 'render', 'dataset']),
    )
  })

  test('are flags of their command', () => {
    const wrong = commands
      .filter(({ command }) => command in SCHEMAS)
      .flatMap(({ place, command, flags }) => {
        const known = Object.keys(SCHEMAS[command]!.properties).map(flagOf)
        return flags.filter((flag) => !known.includes(flag)).map((flag) => `${place}: ${command} ${flag}`)
      })
    expect(wrong).toEqual([])
  })
})
