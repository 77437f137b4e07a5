// What a world model has to be, whichever kind it is of: a trajectory is a function of bundle, start, actions and seed, and live
// steps give it too, alone and in company, with a policy and without one, out of a snapshot as well.
import { Packr } from 'msgpackr'
import { beforeAll, describe, expect, test } from 'vitest'
import { packArrays } from '../../src/common/packed-arrays.ts'
import { gatherSeen, leaningsOf, takenActions } from '../../src/worlds/acting.ts'
import { memoriesOf } from '../../src/worlds/kind-of.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { gatherRows, type LiveRow, scatterRows } from '../../src/worlds/live.ts'
import { rowKeys } from '../../src/worlds/noise.ts'
import { type OpenSimulator, openSimulator } from '../../src/worlds/open-simulator.ts'
import type { Rollout, Trajectories } from '../../src/worlds/rollout.ts'
import { splitRows } from '../../src/worlds/rows.ts'
import { padded, windowOf } from '../../src/worlds/starts.ts'
import { steppedRollout } from '../../src/worlds/stepped-rollout.ts'
import { lettersOf, type Memories } from '../../src/worlds/world.ts'
import { rolloutOf } from '../inference/fixture.ts'
import { kindNames, SUBJECTS, type Subject } from './subjects.ts'

const ARRAYS = ['states', 'observations', 'rewards', 'terminationProbabilities'] as const

function expectSame(a: Trajectories, b: Trajectories, within: number): void {
  for (const name of ARRAYS) {
    expect(a[name].length, name).toBe(b[name].length)
    expect(Math.max(...a[name].map((x, i) => Math.abs(x - b[name][i]!))), name).toBeLessThanOrEqual(within)
  }
  expect(a.terminations).toEqual(b.terminations)
}

/** The first steps of trajectories of H steps. */
function firstSteps(given: Trajectories, H: number, steps: number): Trajectories {
  const B = given.lengths.length
  const cut = <T extends Float32Array | Float64Array | Uint8Array>(values: T): T => {
    const width = values.length / (B * H)
    return values.filter((_, i) => Math.floor(i / width) % H < steps) as T
  }
  const { states, observations, rewards, terminationProbabilities, terminations, ...rest } = given
  return {
    ...rest,
    states: cut(states),
    observations: cut(observations),
    rewards: cut(rewards),
    terminationProbabilities: cut(terminationProbabilities),
    terminations: cut(terminations),
  }
}

describe.each(kindNames)('kind %s', (name) => {
  let subject: Subject
  let simulator: OpenSimulator
  let memories: Memories
  beforeAll(async () => {
    subject = SUBJECTS[name]!()
    simulator = await openSimulator(KINDS, subject.spec, subject.compiled)
    memories = memoriesOf(KINDS, subject.spec)
    return () => simulator.close()
  })

  /** Starts of one to L states. */
  const mixed = (options: Parameters<typeof rolloutOf>[1] = {}): Rollout => {
    const rollout = rolloutOf(subject.spec as never, { batch: 4, ...options })
    const { L } = lettersOf(subject.spec)
    return {
      ...rollout,
      choice: options.plan ?? subject.exact,
      windows: rollout.windows.map((_, row) => 1 + (row % L)),
    }
  }

  test.each(['exact', 'decoded'] as const)('steps give what a rollout gives, shown %s', async (seen) => {
    const rollout = mixed({ plan: subject[seen] as never })
    const stepped = await steppedRollout(subject.spec, memories, simulator, rollout)
    expectSame(stepped, await simulator.rollout(rollout), subject.within)
  })

  test('the same rollout gives the same numbers, to the bit', async () => {
    const [one, other] = [await simulator.rollout(mixed()), await simulator.rollout(mixed())]
    for (const array of ARRAYS) expect(one[array]).toEqual(other[array])
  })

  test('a row is alone what it is in company', async () => {
    const rollout = mixed()
    const together = await simulator.rollout(rollout)
    const parts = await Promise.all(splitRows(rollout, 1).map((row) => simulator.rollout(row)))
    const width = (array: (typeof ARRAYS)[number]) => parts[0]![array].length
    for (const [row, alone] of parts.entries())
      for (const array of ARRAYS) {
        const own = together[array].subarray(row * width(array), (row + 1) * width(array))
        expect(Math.max(...alone[array].map((x, i) => Math.abs(x - own[i]!)))).toBeLessThanOrEqual(
          subject.within,
        )
      }
  })

  test('a shorter horizon is a prefix of a longer one', async () => {
    const [long, short] = [mixed({ horizon: 6 }), mixed({ horizon: 3 })]
    expectSame(
      await simulator.rollout(short),
      firstSteps(await simulator.rollout(long), 6, 3),
      subject.within,
    )
  })

  test('seeds and samples are other futures, action sequences meet the same noise', async () => {
    const states = async (change: Partial<Rollout>) =>
      (await simulator.rollout({ ...mixed({ batch: 1, horizon: 5 }), ...change })).states
    const first = await states({})
    expect(await states({ seed: 2 })).not.toEqual(first)
    expect(await states({ samples: Int32Array.of(1) })).not.toEqual(first)
    expect(await states({ samples: Int32Array.of(0) })).toEqual(first)
  })

  test('a policy in the loop does what it does in sessions', async () => {
    const { N, A } = lettersOf(subject.spec)
    const policy = { agents: [true, true], mode: 'sample' as const }
    const rollout = { ...mixed({ horizon: 5 }), policy }
    const truth = await simulator.rollout(rollout)
    const walked = await walk(rollout, async (rows, observations) => {
      const seen = rows.map(({ turn, seed, key, step }, row) => ({
        observations: observations[row]!,
        turn,
        draws: { seed, key, step },
      }))
      const leanings = await simulator.act(gatherSeen(seen, memories))
      return rows.map((row, i) =>
        takenActions(
          subject.spec,
          policy,
          leaningsOf(leanings, i, rows.length),
          row,
          new Float32Array(N * A),
        ),
      )
    })
    const far = walked.actions.map((x, i) => Math.abs(x - truth.actions![i]!))
    expect(Math.max(...far)).toBeLessThanOrEqual(subject.within)
    expect(new Set(truth.actions).size).toBeGreaterThan(20)
  })

  test.each([0, 3])('a memory is out of a snapshot what it was, after %i steps', async (steps) => {
    const rollout = mixed({ horizon: 4 })
    const { memory, choice } = await walk({ ...rollout, horizon: steps, actions: rollout.actions })
    const packed = new Packr({ useRecords: false }).pack(packArrays(memories.pack(memory[1], choice)))
    const read = memories.unpack(new Packr({ useRecords: false }).unpack(packed), steps)
    expect(read).toEqual({ memory: memory[1], choice })
  })

  /** Steps all rows of a rollout live. @param decide actions of all rows; default: those of the rollout */
  async function walk(
    rollout: Rollout,
    decide?: (rows: LiveRow[], observations: Float32Array[]) => Promise<Float32Array[]>,
  ) {
    const { spec } = subject
    const { N, A, L } = lettersOf(spec)
    const { batch: B, horizon: H, choice } = rollout
    const keys = rowKeys(rollout, L)
    const windows = Array.from({ length: B }, (_, row) => windowOf(spec, rollout, row))
    const begun = await simulator.begin(padded(spec, windows), choice)
    const part = (values: Float32Array, row: number): Float32Array =>
      values.slice((row * values.length) / B, ((row + 1) * values.length) / B)
    let memory = windows.map((window, row) => memories.begin(window, part(begun.carried, row)))
    let observations = windows.map((_, row) => part(begun.observations, row))
    const taken = new Float32Array(B * H * N * A)
    for (let t = 0; t < H; t++) {
      const rowsWith = (actions: Float32Array[]): LiveRow[] =>
        memory.map((one, row) => ({
          ...{ id: row + 1, seed: rollout.seed, key: keys[row]!, step: t },
          turn: memories.take(one, actions[row]!),
        }))
      const nothing = windows.map(() => new Float32Array(N * A))
      const given = windows.map((_, row) => {
        const all = part(rollout.actions, row)
        return all.slice(t * N * A, (t + 1) * N * A)
      })
      const actions = decide ? await decide(rowsWith(nothing), observations) : given
      const rows = rowsWith(actions)
      const outcomes = scatterRows(await simulator.step(gatherRows(memories, choice, rows)), () => 0)
      memory = outcomes.map(({ carried }, row) => memories.follow(rows[row]!.turn, carried))
      observations = outcomes.map((outcome) => outcome.observations)
      for (const [row, action] of actions.entries()) taken.set(action, (row * H + t) * N * A)
    }
    return { memory, choice, actions: taken }
  }
})
