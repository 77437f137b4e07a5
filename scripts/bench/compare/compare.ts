// npm run bench:compare -- --base REV: imagination and live steps of that revision and of this working tree. Two servers
// of one executor on this machine take turns in short slices, so that both meet the same noise of a shared machine.
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { withServer } from '../../../loadtest/reliability/server-process.ts'
import { runCommand } from '../../../src/common/command.ts'
import { median } from '../../../src/common/statistics.ts'
import { commitOf, ROOT, withRevision } from '../../revision.ts'
import { CONTESTS, type Contest } from './contests.ts'

const Flags = Type.Object(
  {
    base: Type.String({ default: 'HEAD', description: 'git revision to compare with' }),
    model: Type.String({ default: '', description: 'name, name@version or name@label (default: the first)' }),
    models: Type.Enum(['own', 'base'], {
      default: 'own',
      description: 'each its own models folder, or both that of the base',
    }),
    rounds: Type.Integer({ default: 15, minimum: 1, description: 'turns of each, after one to warm up' }),
    out: Type.String({ default: 'bench/compare.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

async function main(flags: Flags): Promise<void> {
  await withRevision(flags.base, async (checkout) => {
    const server = (root: string, models: string) => ({
      root,
      settings: { MODELS: join(models, 'models'), EXECUTORS: '1', RELOAD_SECONDS: '0', LOG_LEVEL: 'info' },
    })
    await withServer(server(checkout, checkout), (old) =>
      withServer(server(ROOT, flags.models === 'own' ? ROOT : checkout), async ({ url }) => {
        const rows: Row[] = []
        for (const contest of CONTESTS) rows.push(await compare(contest, [old.url, url], flags))
        record(flags.out, notesOf(flags), rows)
      }),
    )
  })
}

const notesOf = ({ base, models, rounds }: Flags) => ({
  base: commitOf(base),
  models: models === 'own' ? 'each revision its own' : 'those of the base',
  statistic: `medians of ${rounds} slices each, in turns, either first; speed: old / new; of best: of the least of each`,
  imagination:
    "milliseconds that the executor computed, on one thread, of POST /v1/rollout with the model's default plan",
  'live step': 'milliseconds from sending to the answer, of one session over a socket, msgpack',
})

async function compare({ name, open }: Contest, urls: [string, string], flags: Flags): Promise<Row> {
  console.error(name)
  const contestants = [await open(urls[0], flags.model), await open(urls[1], flags.model)]
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round <= flags.rounds; round++)
    for (const who of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const milliseconds = await contestants[who]!.slice()
      if (round > 0) times[who]!.push(milliseconds)
    }
  for (const { close } of contestants) await close()
  const [old, now] = times
  return {
    what: name,
    oldMs: significant(median(old)),
    newMs: significant(median(now)),
    speed: significant(median(old) / median(now)),
    speedOfBest: significant(Math.min(...old) / Math.min(...now)),
  }
}

runCommand('bench:compare', Flags, main)
