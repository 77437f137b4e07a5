// A simulator on graphs of a test's own where one is asked for that can be closed.
import { dima } from '../../src/worlds/dima/serve/kind.ts'
import type { OpenSimulator } from '../../src/worlds/open-simulator.ts'
import type { Simulator, WorldSpec } from '../../src/worlds/world.ts'

export const opened = (spec: WorldSpec, simulator: Required<Simulator>): OpenSimulator => ({
  kind: dima,
  spec,
  rollout: (rollout) => simulator.rollout(rollout),
  begin: (starts, choice) => simulator.begin(starts, choice),
  step: (batch) => simulator.step(batch),
  act: (batch) => simulator.act(batch),
  lean: (states) => simulator.lean(states),
  rewards: (taken) => simulator.rewards(taken),
  withPolicy: () => Promise.reject(new Error('its graphs stay what they are')),
  close: async () => {},
})
