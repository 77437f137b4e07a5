// Copies of a task whose agents differ: "picker" sees which of three it should pick, "mixer" sees a number and chooses one
// of two beside a number from 0 to 4. Best is what was shown, the parity of the target, and 3. Remembers what it was given.
import { Rng } from '../../../src/common/rng.ts'
import type { PerAgent } from '../../../src/env/parallel-env.ts'
import { type Box, box } from '../../../src/env/spaces.ts'
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import type { VectorEnv, VectorReset, VectorStep } from '../../../src/env/vector/vector-env.ts'

export const LENGTH = 8
const PICKER = ['a', 'b', 'c'].map((name) => `pick_${name}`)
const MIXER = ['force', 'even', 'odd']

const units = (names: readonly string[]) => names.map(() => '1')
const seen = (names: string[]) => box(-1, 3, names, units(names))

const OBSERVATIONS: PerAgent<Box> = { picker: seen(['a', 'b', 'c']), mixer: seen(['target']) }
const ACTIONS: PerAgent<Box> = {
  picker: { ...box(0, 1, PICKER, units(PICKER)), layout: { box: 0, choices: [3] } },
  mixer: {
    ...box(0, 1, MIXER, units(MIXER)),
    high: Float64Array.of(4, 1, 1),
    layout: { box: 1, choices: [2] },
  },
}

export const choiceTask: TaskSpec = {
  name: 'Choice-v0',
  agents: [agent('picker', PICKER, [3]), agent('mixer', MIXER, [2])],
  actionLow: 0,
  actionHigh: 4,
  actionUnit: '1',
  stateNames: ['target', 'step'],
  stateUnits: ['1', '1'],
  episodeLimit: LENGTH,
  stepSeconds: 1,
  reward: 'of the test',
}

function agent(name: string, actuators: string[], choices: number[]) {
  const { names, units: own } = OBSERVATIONS[name]!
  return { name, actuators, choices, observationNames: names, observationUnits: own }
}

/** @param length of an episode; actions out of bounds are errors */
export function choiceEnv(E: number, length = LENGTH): VectorEnv & { given: PerAgent<number[]>[] } {
  const rng = new Rng('choice')
  const [targets, steps] = [new Int32Array(E), new Int32Array(E)]
  const begin = (e: number) => {
    targets[e] = rng.int(3)
    steps[e] = 0
  }
  const sight = (): VectorReset => ({
    observations: {
      picker: Float64Array.from({ length: 3 * E }, (_, i) => Number(targets[Math.floor(i / 3)] === i % 3)),
      mixer: Float64Array.from(targets),
    },
    states: Float64Array.from({ length: 2 * E }, (_, i) => (i % 2 ? steps : targets)[i >> 1]!),
  })
  const given: PerAgent<number[]>[] = []
  return {
    given,
    numEnvs: E,
    possibleAgents: ['picker', 'mixer'],
    stateSpace: seen(['target', 'step']),
    autoreset: 'disabled',
    subsetReset: true,
    observationSpace: (name) => OBSERVATIONS[name]!,
    actionSpace: (name) => ACTIONS[name]!,
    reset: async ({ mask } = {}) => {
      for (let e = 0; e < E; e++) if (!mask || mask[e]) begin(e)
      return sight()
    },
    step: async (actions): Promise<VectorStep> => {
      const [picked, mixed] = [actions.picker!, actions.mixer!]
      given.push({ picker: Array.from(picked), mixer: Array.from(mixed) })
      const reward = Float64Array.from(targets, (target, e) => {
        const force = mixed[3 * e]!
        if (!(force >= 0 && force <= 4)) throw new Error(`a force of ${force}`)
        return picked[3 * e + target]! + mixed[3 * e + 1 + (target % 2)]! - Math.abs(force - 3)
      })
      for (let e = 0; e < E; e++) {
        targets[e] = rng.int(3)
        steps[e]!++
      }
      const truncations = Uint8Array.from(steps, (step) => Number(step === length))
      const rewards = { picker: reward, mixer: reward }
      return { ...sight(), rewards, terminations: new Uint8Array(E), truncations }
    },
    close: async () => {},
  }
}
