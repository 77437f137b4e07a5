// npm run bench:torch: processor time of one train step of each network, next to the same step in PyTorch eager.
import { loadavg } from 'node:os'
import Type, { type Static } from 'typebox'
import { recordSection, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { countOf } from '../../../src/common/parameters.ts'
import type { Data } from '../../../src/episodes/replay/intake.ts'
import { inRounds, inWords, ratios, type Spread, spread } from '../env/statistics.ts'
import { type BenchNetwork, collect, policyNetworks, TASK, worldModelNetworks } from '../train/networks.ts'
import { type BenchStep, type Cost, costOf, openStep } from '../train/step.ts'
import { startTorch, type TorchProcess } from './process.ts'

const PRESETS = ['small', 'paper'] as const
type Preset = (typeof PRESETS)[number]
/** Steps of `paper` take seconds each. */
const ROUNDS: Record<Preset, number> = { small: 9, paper: 5 }

const Flags = Type.Object(
  {
    preset: Type.Enum(['all', ...PRESETS], { default: 'all', description: `all, ${PRESETS.join(', ')}` }),
    networks: Type.String({
      default: 'decoder,denoiser,reward,actor,critic',
      description: 'which, separated by commas',
    }),
    rounds: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'turns of each; 0: 9 for small, 5 for paper',
    }),
    seconds: Type.Number({
      default: 1,
      minimum: 0,
      description: 'of processor time of a turn, and at least one step',
    }),
    python: Type.String({ default: '/usr/bin/python3', description: 'a Python that has torch' }),
    out: Type.String({
      default: 'bench/torch.json',
      description: 'where to write the figures; a preset that was not run stays as it is',
    }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

const NOTES = {
  task: TASK,
  threads: 1,
  unit: 'milliseconds of processor time of the whole process, mean over the steps of a turn',
  ours: 'Learner.step on ONNX Runtime: forward, loss, backward, clipping, AdamW',
  batch: 'ours draws batch, noise and dropout masks before the step: what that takes',
  torch:
    'scripts/bench/torch/torch_steps.py, eager: the same, with noise and dropout, on a batch that is there already',
  ratios: 'within a round; batchAndStep: ours with the drawing of its batch',
}

interface Result {
  network: string
  parameters: number
  batch: number
  rounds: number
  oursCpuMs: Spread
  batchCpuMs: Spread
  torchCpuMs: Spread
  oursWallMs: Spread
  torchWallMs: Spread
  stepToTorch: Spread
  batchAndStepToTorch: Spread
}

/** Mean costs of a step and of drawing its batch, over as many steps as take `seconds` of processor time. */
async function turn(step: BenchStep, seconds: number, round: number): Promise<{ batch: Cost; step: Cost }> {
  const sum = { batch: { cpuMs: 0, wallMs: 0 }, step: { cpuMs: 0, wallMs: 0 } }
  let steps = 0
  do {
    const drawn = await costOf(() => step.batch(1000 * round + steps))
    add(sum.batch, drawn)
    add(sum.step, await costOf(() => step.run(drawn.result)))
    steps++
  } while (sum.step.cpuMs < 1000 * seconds)
  const mean = ({ cpuMs, wallMs }: Cost): Cost => ({ cpuMs: cpuMs / steps, wallMs: wallMs / steps })
  return { batch: mean(sum.batch), step: mean(sum.step) }
}

function add(to: Cost, { cpuMs, wallMs }: Cost): void {
  to.cpuMs += cpuMs
  to.wallMs += wallMs
}

async function compare(network: BenchNetwork, torch: TorchProcess, rounds: number, seconds: number) {
  await torch.open(network, countOf(network.objective.parameters))
  const step = await openStep(network, 'cpu')
  const costs = await inRounds(
    { ours: (round) => turn(step, seconds, round), torch: () => torch.steps(seconds) },
    rounds,
  )
  await step.close()
  const ours = costs.ours.map((cost) => cost.step.cpuMs)
  const batch = costs.ours.map((cost) => cost.batch.cpuMs)
  const theirs = costs.torch.map(({ cpuMs }) => cpuMs)
  const both = ours.map((cpuMs, i) => cpuMs + batch[i]!)
  return {
    oursCpuMs: spread(ours),
    batchCpuMs: spread(batch),
    torchCpuMs: spread(theirs),
    oursWallMs: spread(costs.ours.map((cost) => cost.step.wallMs)),
    torchWallMs: spread(costs.torch.map(({ wallMs }) => wallMs)),
    stepToTorch: ratios(ours, theirs),
    batchAndStepToTorch: ratios(both, theirs),
  }
}

async function main(flags: Flags): Promise<void> {
  const torch = await startTorch(flags.python)
  try {
    const data = await collect()
    for (const preset of PRESETS.filter((one) => flags.preset === 'all' || flags.preset === one)) {
      const load = significant(loadavg()[0]!, 2)
      const rows = await measure(preset, data, torch, flags)
      recordSection(flags.out, preset, { versions: torch.versions, loadBefore: load, notes: NOTES, rows })
      console.table(rows.map(tableRow))
    }
  } finally {
    torch.close()
  }
  console.log(`written to ${flags.out}`)
}

async function measure(
  preset: Preset,
  data: Data,
  torch: TorchProcess,
  { networks, rounds, seconds }: Flags,
): Promise<Result[]> {
  const wanted = new Set(networks.split(','))
  const turns = rounds || ROUNDS[preset]
  const rows: Result[] = []
  for (const network of [...worldModelNetworks(preset, data), ...policyNetworks(preset)]) {
    const { name, parameters } = network.objective
    if (!wanted.has(name)) continue
    console.error(`${preset} ${name}`)
    const compared = await compare(network, torch, turns, seconds)
    const about = { network: name, parameters: countOf(parameters), batch: network.training.batch }
    rows.push({ ...about, rounds: turns, ...compared })
  }
  return rows
}

const tableRow = ({ network, oursCpuMs, batchCpuMs, torchCpuMs, ...row }: Result) => ({
  network,
  oursCpuMs: oursCpuMs.median,
  batchCpuMs: batchCpuMs.median,
  torchCpuMs: torchCpuMs.median,
  stepToTorch: inWords(row.stepToTorch),
  batchAndStepToTorch: inWords(row.batchAndStepToTorch),
})

runCommand('bench:torch', Flags, main)
