// Which slot of a cluster a session's keys have, as the client of Redis computes it.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { byTag, epochKey, sessionKey, tagOf } from '../../../../src/inference/live/store/redis/keys.ts'

const { default: slotOf } = createRequire(import.meta.url)(
  '@redis/client/dist/lib/utils/calculate-slot.js',
) as { default: (key: string) => number }
const ids = Array.from({ length: 1000 }, (_, i) => `session-${i}`)

test('sessions of a tag, and its epoch, are in one slot; tags are in different ones', () => {
  const groups = byTag(ids, 16, (id) => id)
  const found = [...groups].map(([tag, some]) => {
    const keys = [epochKey(tag), ...some.map((id) => sessionKey(id, tag))]
    const [slot, ...others] = new Set(keys.map((key) => slotOf(key)))
    expect(others).toEqual([])
    return slot
  })
  expect(new Set(found).size).toBe(16)
  for (const some of groups.values()) expect(some.length).toBeGreaterThan(1000 / 16 / 2)
})

test('a session has the same tag everywhere; with one tag all have it', () => {
  for (const id of ids) expect(tagOf(id, 1)).toBe(0)
  expect(byTag(ids, 1, (id) => id).get(0)).toEqual(ids)
  expect(tagOf('Zm9vYmFyYmF6cXV4cXV1eA', 16)).toBe(10)
})
