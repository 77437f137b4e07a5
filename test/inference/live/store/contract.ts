// What every session store does, whatever keeps the records.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { headOf, ownerOf, readHead, writeRecord } from '../../../../src/inference/live/store/record.ts'
import type { SessionStore } from '../../../../src/inference/live/store/store.ts'

const OWNER = ownerOf('me')
const nonce = () => randomBytes(8)
const recordOf = (fence: number, own: Buffer, revision: number, text = `at ${revision}`) =>
  writeRecord({ fence, nonce: own, revision, owner: OWNER }, Buffer.from(text))

/** @param storeOf the same store for all tests */
export function testContract(storeOf: () => SessionStore): void {
  const begun = async () => {
    const [store, id, own] = [storeOf(), randomBytes(8).toString('hex'), nonce()]
    expect(await store.create(id, recordOf(1, own, 1))).toBe(true)
    return { store, id, own }
  }

  test('a session is created once, and shown to everybody', async () => {
    const { store, id, own } = await begun()
    expect(await store.create(id, recordOf(1, nonce(), 9))).toBe(false)
    expect(await store.peek(id)).toEqual(recordOf(1, own, 1))
    expect(await store.peek('nothing')).toBeUndefined()
  })

  test('its holder commits what is newer; what was written before is no mistake', async () => {
    const { store, id, own } = await begun()
    expect(await store.commit(id, recordOf(1, own, 2))).toBe('kept')
    expect(await store.commit(id, recordOf(1, own, 2, 'again'))).toBe('kept')
    expect(await store.peek(id)).toEqual(recordOf(1, own, 2))
    expect(await store.commit(id, recordOf(1, own, 7))).toBe('kept') // a store that has lost some
    expect(await store.peek(id)).toEqual(recordOf(1, own, 7))
  })

  test('a claim takes the session from its holder, whose commits are refused from then on', async () => {
    const { store, id, own } = await begun()
    const other = nonce()
    expect(await store.claim(id, headOf((await store.peek(id))!), other)).toBe(true)
    expect(readHead((await store.peek(id))!)).toMatchObject({
      fence: 2,
      nonce: other,
      revision: 1,
      owner: OWNER,
    })
    expect(await store.commit(id, recordOf(1, own, 2))).toBe('moved')
    expect(await store.check(id, { fence: 1, nonce: own })).toBe('moved')
    expect(await store.end(id, { fence: 1, nonce: own })).toBe('moved')
    expect(await store.commit(id, recordOf(2, other, 2))).toBe('kept')
    expect(await store.check(id, { fence: 2, nonce: other })).toBe('kept')
  })

  test('of two claims that saw the same one succeeds, and none that saw an older commit', async () => {
    const { store, id, own } = await begun()
    const seen = headOf((await store.peek(id))!)
    await store.commit(id, recordOf(1, own, 2))
    expect(await store.claim(id, seen, nonce())).toBe(false)
    const now = headOf((await store.peek(id))!)
    const both = await Promise.all([store.claim(id, now, nonce()), store.claim(id, now, nonce())])
    expect(both.filter(Boolean)).toHaveLength(1)
  })

  test('the same fence with another nonce is another holder', async () => {
    const { store, id } = await begun()
    expect(await store.commit(id, recordOf(1, nonce(), 5))).toBe('moved')
  })

  test('a newer token counts where the store has lost a claim, whatever was committed under the older', async () => {
    const { store, id, own } = await begun()
    await store.commit(id, recordOf(1, own, 8))
    const newer = nonce()
    expect(await store.check(id, { fence: 2, nonce: newer })).toBe('kept')
    expect(await store.commit(id, recordOf(2, newer, 5))).toBe('kept')
    expect(await store.commit(id, recordOf(1, own, 9))).toBe('moved')
    expect(readHead((await store.peek(id))!)).toMatchObject({ fence: 2, revision: 5 })
  })

  test('what was ended is absent', async () => {
    const { store, id, own } = await begun()
    expect(await store.end(id, { fence: 1, nonce: own })).toBe('kept')
    expect(await store.peek(id)).toBeUndefined()
    expect(await store.commit(id, recordOf(1, own, 2))).toBe('absent')
    expect(await store.check(id, { fence: 1, nonce: own })).toBe('absent')
    expect(await store.end(id, { fence: 1, nonce: own })).toBe('absent')
    expect(await store.claim(id, headOf(recordOf(1, own, 1)), nonce())).toBe(false)
  })

  test('many commits of one turn are told apart', async () => {
    const sessions = await Promise.all(Array.from({ length: 150 }, begun))
    const wrong = nonce()
    const outcomes = await Promise.all(
      sessions.map(({ store, id, own }, i) =>
        store.commit(id, recordOf(1, i % 3 ? own : wrong, 2, `row ${i}`)),
      ),
    )
    expect(outcomes).toEqual(sessions.map((_, i) => (i % 3 ? 'kept' : 'moved')))
    const [{ store, id }] = [sessions[149]!]
    expect(String(await store.peek(id))).toContain('row 149')
  })
}
