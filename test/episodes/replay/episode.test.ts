import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Unpackr } from 'msgpackr'
import { expect, test } from 'vitest'
import { loadEpisode, packEpisode, saveEpisode } from '../../../src/episodes/replay/episode.ts'
import { sameBits } from '../../common/close.ts'
import { randomEpisode, temporaryFolder } from '../../runs/data.ts'

const episode = randomEpisode(9, 'truncated', 'round trip')
episode.states.set([Math.PI, -0, 1e-310, 1 / 3])

test('survives a round trip to the last bit', () => {
  const path = join(temporaryFolder(), '0.msgpack')
  saveEpisode(path, episode)
  const loaded = loadEpisode(path)
  expect(loaded).toEqual(episode)
  for (const name of ['states', 'actions', 'observations', 'rewards'] as const)
    expect(sameBits(loaded[name], episode[name])).toBe(true)
})

test('the two ways to end stay apart', () => {
  const path = join(temporaryFolder(), '0.msgpack')
  for (const [terminated, truncated] of [
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    saveEpisode(path, { ...episode, terminated, truncated })
    expect(loadEpisode(path)).toMatchObject({ terminated, truncated })
  }
})

test('the file is plain msgpack with little-endian arrays, for other languages', () => {
  const packed = new Unpackr({ useRecords: false }).unpack(packEpisode(episode))
  expect(packed).toMatchObject({ length: 9, terminated: false, truncated: true })
  expect(packed.states.readDoubleLE(0)).toBe(Math.PI)
  expect(packed.rewards.readFloatLE(4)).toBe(episode.rewards[1])
})

test('a flipped byte is refused by name, with what to do', () => {
  const path = join(temporaryFolder(), '0.msgpack')
  saveEpisode(path, episode)
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length; at += 41) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    writeFileSync(path, changed)
    expect(() => loadEpisode(path)).toThrow(`the episode ${path} is damaged, `)
  }
  expect(() => loadEpisode(path, 'play it again')).toThrow(/: play it again$/)
})

test('episodes from before there were digests are read; cut ones are refused', () => {
  const path = join(temporaryFolder(), '0.msgpack')
  writeFileSync(path, packEpisode(episode))
  expect(loadEpisode(path)).toEqual(episode)
  writeFileSync(path, packEpisode({ ...episode, rewards: episode.rewards.subarray(1) }))
  expect(() => loadEpisode(path)).toThrow('its arrays do not fit together')
})
