// A process that steps a task's model in MuJoCo's module alone, past our own code, under the V8 flags it was started with:
// raw-process.ts TASK
import loadMujoco from '@mujoco/mujoco'
import { resolveTask } from '../../../src/env/make-env.ts'
import { xorshift } from './random.ts'

const { xml, body, goal } = resolveTask(process.argv[2]!)
const mujoco = await loadMujoco()
const model = mujoco.MjModel.from_xml_string(xml)
const data = new mujoco.MjData(model)
const controls: Float64Array = data.ctrl

function episode(seed: number): void {
  const draw = xorshift(seed)
  mujoco.mj_resetData(model, data)
  for (let step = 0; step < goal.episodeLimit; step++) {
    for (let i = 0; i < controls.length; i++) controls[i] = draw()
    for (let frame = 0; frame < body.frameSkip; frame++) mujoco.mj_step(model, data)
  }
}

process.on('message', ({ seconds }: { seconds: number }) => {
  const before = process.cpuUsage()
  for (let episodes = 1; ; episodes++) {
    episode(episodes)
    const { user, system } = process.cpuUsage(before)
    const used = (user + system) / 1e6
    if (used < seconds) continue
    process.send!((episodes * goal.episodeLimit) / used)
    return
  }
})
process.once('disconnect', () => process.exit())
