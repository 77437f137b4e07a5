// The tasks can be done.
import { expect, test } from 'vitest'
import { demonstrate } from '../../../../scripts/demonstrations/hands.ts'

test.each([
  { task: 'DexHands-DoorOpenOutward', after: 0, before: 120 },
  { task: 'DexHands-DoorOpenInward', after: 45, before: 120 },
  { task: 'DexHands-BottleCap', after: 55, before: 125 },
  { task: 'DexHands-Pen', after: 25, before: 75 },
])('$task is done by actions that are written down', async ({ task, after, before }) => {
  const { success } = await demonstrate(task, before)
  expect(success!.indexOf(true)).toBeGreaterThan(after)
})
