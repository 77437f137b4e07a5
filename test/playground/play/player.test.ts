// What a person may do, in any order and as fast as hands can.
import { describe, expect, test } from 'vitest'
import { MOST } from '../../../src/playground/actors/levels.ts'
import { lost, problem, turn } from './fake-server.ts'
import { Seat } from './seat.ts'

describe('time', () => {
  test('a step is one step, and back in time the next that there is', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    for (let i = 0; i < 3; i++) await seat.step()
    expect([server.count('step'), player.tape.end, player.pace.playhead]).toEqual([3, 4, 3])
    player.transport.seek(1)
    await seat.step()
    expect([server.count('step'), player.pace.playhead]).toEqual([3, 2])
  })

  test('it plays at the rate of the model, two steps in flight at most, and pauses', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    player.transport.play()
    await seat.watch(63) // a second
    expect(player.tape.end - 1).toBeGreaterThanOrEqual(18)
    expect(player.tape.end - 1).toBeLessThanOrEqual(22)
    const letGo = server.hold()
    const before = server.count('step')
    await seat.watch(60)
    expect(server.count('step') - before).toBeLessThanOrEqual(2)
    player.transport.pause()
    letGo()
    await seat.watch(10)
    const { end } = player.tape
    await seat.watch(30)
    expect(player.tape.end).toBe(end)
  })

  test('hands that are faster than the robot are not owed for ever, and nothing is owed after a pause', async () => {
    const seat = await Seat.taken()
    for (let i = 0; i < 1000; i++) seat.player.transport.stepOnce()
    await seat.watch(300)
    expect(seat.server.count('step')).toBe(20)
    expect(seat.player.frame(1e6)).toBe(false)
    for (let i = 0; i < 5; i++) seat.player.transport.stepOnce()
    seat.player.transport.seek(0)
    await seat.watch(30)
    expect(seat.server.count('step')).toBe(20)
  })

  test('a tab that is hidden pauses, and plays on when it is seen again', async () => {
    const seat = await Seat.taken()
    seat.player.transport.play()
    seat.player.transport.hide()
    expect(seat.player.transport.playing).toBe(false)
    expect(seat.server.count('snapshot')).toBe(1)
    seat.player.transport.show()
    expect(seat.player.transport.playing).toBe(true)
  })
})

describe('beginnings', () => {
  test('however fast seeds are chosen, the last one counts, in one session', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    await Promise.all(Array.from({ length: 30 }, (_, seed) => player.choose({ seed })))
    expect(seat.state).toEqual([29, 0])
    expect(server.open).toBe(1)
    expect(server.count('reset')).toBeLessThan(10)
  })

  test('an end is told, and another episode follows with the next seed, also after the greatest', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    server.endsAbove = 1.5
    await player.choose({ seed: 2 ** 32 - 1 })
    for (const agent of [0, 1]) player.setLevel(agent, agent, MOST)
    player.transport.play()
    await seat.watch(20)
    expect(player.tape.begins(2)).toBe(true)
    expect([...player.tape.state(2)]).toEqual([0, 0])
    expect(player.run.notice).toBe('')
  })

  test('one step after an end begins the next episode', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    server.endsAbove = 1.5
    for (const agent of [0, 1]) player.setLevel(agent, agent, MOST)
    await seat.step()
    expect(player.run.notice).toBe('The episode ended after 1 step')
    await seat.step()
    expect([player.run.phase, seat.state]).toEqual(['ready', [8, 0]])
  })

  test('a page that is closed while an old run is read asks for nothing more', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    player.close()
    const { length } = server.asked
    await player.openShared(() => {}, {
      plan: undefined,
      segments: [{ seed: 1, start: { kind: 'own' }, steps: [] }],
    })
    await seat.watch(5)
    expect(server.asked.slice(length)).toEqual([])
  })
})

describe('futures', () => {
  test('pressed many times they are forked once, and what was forked before is closed', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    await Promise.all([
      player.present.fork('luck', 4),
      player.present.fork('luck', 4),
      player.present.fork('luck', 4),
    ])
    expect([server.count('fork'), server.open]).toEqual([1, 5])
    await player.present.fork('actions', 8)
    expect(server.open).toBe(9)
    expect(player.company.ghosts?.tape.count).toBe(8)
  })

  test('they fork from the entry that is last when they are there, with no step in between', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    server.takes.set('fork', 40)
    player.setLevel(0, 0, MOST) // or one state is like the next
    player.transport.play()
    await seat.watch(20)
    void player.present.fork('luck', 2)
    while (!player.company.ghosts) await seat.watch(1)
    const { ghosts } = player.company
    await seat.watch(20)
    const entry = ghosts!.tape.end - 1
    expect(entry).toBeGreaterThan(ghosts!.tape.from)
    expect(ghosts!.tape.state(entry, 0)[1]).toBe(player.tape.state(entry)[1])
  })

  test('the picture waits for them: all are shown at one time', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    await player.present.fork('luck', 2)
    server.takes.set('step_many', 60)
    let shown = 0
    for (let i = 0; i < 60; i++) {
      await seat.watch(1)
      if (player.pace.playhead <= player.company.ghosts!.tape.end - 1) shown++
    }
    expect(player.pace.playhead).toBeGreaterThan(1)
    expect(shown).toBe(60)
    player.transport.pause()
    await seat.watch(100)
    player.transport.stepOnce()
    await seat.watch(200)
    expect(player.pace.playhead).toBe(player.tape.end - 1)
  })

  test('they play, but for who pauses meanwhile, and of an episode that was left there are none', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    const letGo = server.hold()
    const forked = player.present.fork('luck', 2)
    expect(player.transport.playing).toBe(true)
    player.transport.pause()
    await turn()
    const begun = player.transport.begin()
    letGo()
    await Promise.all([forked, begun])
    expect(player.transport.playing).toBe(false)
    expect(player.company.ghosts).toBeUndefined()
    expect(server.open).toBe(1)
  })

  test('where there is no room it says so, until something else is done', async () => {
    const seat = await Seat.taken()
    seat.server.fail('fork', problem('sessions_full'))
    await seat.player.present.fork('luck', 2)
    expect(seat.player.run.notice).toBe('No futures: The server has no room for another session')
    expect(seat.player.transport.playing).toBe(false)
    seat.player.transport.play()
    expect(seat.player.run.notice).toBe('')
  })
})

describe('a server', () => {
  test('that has lost the session is given it again, with what was done since the snapshot', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    player.setLevel(0, 0, MOST)
    await seat.step()
    player.transport.play()
    player.transport.pause() // takes a snapshot
    await seat.watch(3)
    await seat.step()
    server.fail('step', problem('session_not_found'))
    await seat.step()
    await seat.watch(10)
    expect([player.run.phase, player.run.notice]).toEqual(['ready', ''])
    expect(server.count('restore')).toBe(1)
    player.transport.stepOnce()
    await seat.watch(10)
    expect(seat.state).toEqual([7, 3])
  })

  test('that is full or gone is waited for, and that refuses is not', async () => {
    const seat = await Seat.taken()
    const { player, server } = seat
    server.fail('reset', problem('overloaded', { retry_after_ms: 50 }), lost())
    await player.transport.begin()
    expect([player.run.phase, server.count('reset') + server.count('create')]).toEqual(['ready', 4])
    server.fail('reset', problem('invalid_shape'))
    await player.transport.begin()
    expect([player.run.phase, player.run.notice]).toEqual(['failed', 'it is invalid_shape'])
    player.transport.play()
    await seat.watch(5)
    expect(player.run.phase).toBe('ready')
  })
})

test('a run that was shared is done again, and who takes a slider takes over', async () => {
  const seat = await Seat.taken()
  const { player } = seat
  player.setLevel(0, 0, MOST)
  for (let i = 0; i < 3; i++) await seat.step()
  const segments = player.run.flight.recording.segments.map((one) => ({ ...one, steps: [...one.steps] }))
  const again = await Seat.taken()
  await again.player.openShared(() => {}, { plan: undefined, segments })
  await again.watch(40)
  expect(again.state).toEqual([7, 3])
  expect([again.player.transport.playing, again.player.run.notice]).toEqual([
    false,
    'The shared run ends here. Press play to go on from it.',
  ])
  again.player.transport.play()
  expect(again.player.run.notice).toBe('')
  await again.player.openShared(() => {}, { plan: undefined, segments })
  again.player.setLevel(1, 1, 0)
  expect(again.player.source.replays).toBe(false)
})
