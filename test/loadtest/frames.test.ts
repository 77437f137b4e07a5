// Frames that are patched must be what a fresh encoding would give.
import { Unpackr } from 'msgpackr'
import { expect, test } from 'vitest'
import { framesOf } from '../../loadtest/targets/frames.ts'
import type { LoadedModel } from '../../loadtest/targets/model.ts'
import { decode } from '../../src/server/wire/decode.ts'

function modelOf(): LoadedModel {
  let drawn = 0
  return {
    reference: 'tiny',
    horizon: 15,
    context: 3,
    joint: [2, 3],
    stateSize: 4,
    start: { states: [[0, 0, 0, 0]] },
    actions: (count) => Float32Array.from({ length: count * 6 }, () => ++drawn / 8),
  }
}

interface Message {
  id: number
  session_ids?: string[]
  actions: { shape: number[]; data: Float32Array }
}

/** As the server reads it. */
const read = (frame: Buffer | string) =>
  decode(Buffer.from(frame), typeof frame === 'string' ? 'json' : 'msgpack') as Message
const counted = (from: number, count: number) => Array.from({ length: count }, (_, i) => (from + i) / 8)

test('a step in msgpack has its id and the next actions', () => {
  const frames = framesOf(modelOf(), 'msgpack', { type: 'step', session_id: 'x' })
  for (const id of [1, 2, 70_000]) {
    const { actions, ...message } = read(frames(id))
    expect(message).toEqual({ type: 'step', session_id: 'x', id })
    expect(actions.shape).toEqual([2, 3])
  }
  const { actions } = read(frames(3))
  expect([...actions.data]).toEqual(counted(25, 6)) // six went into making the frame
})

test('a vector has a joint action for each session', () => {
  const frames = framesOf(modelOf(), 'msgpack', { type: 'step_many', session_ids: ['x', 'y'] }, 2)
  const { actions, session_ids } = read(frames(5))
  expect(session_ids).toEqual(['x', 'y'])
  expect(actions.shape).toEqual([2, 2, 3])
  expect([...actions.data]).toEqual(counted(13, 12))
})

test('JSON says the same', () => {
  const frames = framesOf(modelOf(), 'json', { type: 'step', session_id: 'x' })
  expect(read(frames(9))).toEqual({
    type: 'step',
    session_id: 'x',
    id: 9,
    actions: [counted(1, 3), counted(4, 3)],
  })
})

test('frames are msgpack that any language reads', () => {
  const frame = framesOf(modelOf(), 'msgpack', { type: 'step', session_id: 'x' })(1) as Buffer
  expect(new Unpackr({ mapsAsObjects: true, useRecords: false }).unpack(frame)).toMatchObject({
    id: 1,
    actions: { __ndarray__: true, dtype: '<f4', data: expect.any(Uint8Array) },
  })
})
