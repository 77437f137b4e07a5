// Turns of networks in lanes, on a clock that calls turn: each takes as long as the test says, side by side.
import { expect, test } from 'vitest'
import { type Places, Turns } from '../../../src/learning/lanes/turns.ts'

/** Seconds of an update, updates and lane of each network. */
type Work = Record<string, { seconds: number; updates: number; lane: number; roams?: boolean }>

/** Makes all updates in calls of `size`; when each lane was busy, and the order of updates. */
async function workThrough(work: Work, lanes: number, size = 1) {
  const place = new Map(Object.entries(work).map(([name, { lane }]) => [name, lane]))
  let [time, moves] = [0, 0]
  const places: Places = {
    size: lanes,
    placeOf: (name) => place.get(name)!,
    roams: (name) => work[name]!.roams === true,
    move: async (name, lane) => {
      if (place.get(name) !== lane) moves++
      place.set(name, lane)
    },
  }
  const running: { until: number; end: () => void; lane: number }[] = []
  const busy = Array<number>(lanes).fill(0)
  const updates = Object.fromEntries(Object.entries(work).map(([name, one]) => [name, one.updates]))
  const turns = new Turns(places, updates, () => time)
  const foretold: number[] = []
  const made: string[] = []
  const train = async (name: string) => {
    const { seconds, updates } = work[name]!
    for (let i = 0; i < updates; i += size) {
      await turns.take(name, size, () => {
        const lane = place.get(name)!
        expect(running.some((other) => other.lane === lane)).toBe(false)
        busy[lane]! += size * seconds
        return new Promise<void>((end) => running.push({ until: time + size * seconds, end, lane }))
      })
      made.push(name)
      foretold.push(time + turns.secondsLeft)
    }
  }
  const all = Promise.all(Object.keys(work).map(train))
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  for (await settled(); running.length > 0; await settled()) {
    running.sort((a, b) => a.until - b.until)
    const { until, end } = running.shift()!
    time = until
    end()
  }
  await all
  return { time, busy, moves, foretold, made }
}

test('two lanes end together: the light network fills what the heavy ones leave', async () => {
  const { time, busy, moves } = await workThrough(
    {
      denoiser: { seconds: 0.057, updates: 250, lane: 0 },
      reward: { seconds: 0.099, updates: 120, lane: 1 },
      decoder: { seconds: 0.013, updates: 150, lane: 0, roams: true },
    },
    2,
  )
  expect((busy[0]! + busy[1]!) / (2 * time)).toBeGreaterThan(0.985)
  expect(moves).toBeGreaterThan(0)
  expect(moves).toBeLessThan(10)
})

test('without a choice a lane is shared in turns', async () => {
  const { made, time } = await workThrough(
    { a: { seconds: 1, updates: 3, lane: 0 }, b: { seconds: 2, updates: 3, lane: 0 } },
    1,
  )
  expect([made.join(''), time]).toEqual(['ababab', 9])
})

test('a lane of its own has nobody to wait for, nor a reason to move', async () => {
  const { time, busy, moves } = await workThrough(
    {
      a: { seconds: 3, updates: 10, lane: 0 },
      b: { seconds: 2, updates: 10, lane: 1 },
      c: { seconds: 1, updates: 10, lane: 2, roams: true },
    },
    3,
  )
  expect([time, busy, moves]).toEqual([30, [30, 20, 10], 0])
})

test('foretells the end as soon as each network has had a turn, however many updates are in a call', async () => {
  const { time, foretold } = await workThrough(
    {
      a: { seconds: 3, updates: 200, lane: 0 },
      b: { seconds: 1, updates: 200, lane: 1 },
      c: { seconds: 0.1, updates: 200, lane: 2 },
    },
    3,
    20,
  )
  const known = foretold.filter((one) => !Number.isNaN(one))
  expect(known.length).toBeGreaterThan(15)
  for (const one of known) expect(Math.abs(one - time) / time).toBeLessThan(0.11)
})

test('a call that fails leaves its lane to the others', async () => {
  const places = { size: 1, placeOf: () => 0, roams: () => false, move: async () => {} }
  const turns = new Turns(places, { a: 1, b: 1 })
  const failing = turns.take('a', 1, () => Promise.reject(new Error('no')))
  const other = turns.take('b', 1, async () => 7)
  await expect(failing).rejects.toThrow('no')
  expect(await other).toBe(7)
})
