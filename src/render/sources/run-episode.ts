// A recorded episode of a training run. States are recorded, not poses.
import { existsSync, readdirSync } from 'node:fs'
import Type from 'typebox'
import { DimaError } from '../../common/errors.ts'
import { readJsonFile } from '../../common/named-files.ts'
import type { MujocoTask } from '../../env/mujoco/task.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import { RunFolder } from '../../runs/run-folder.ts'
import type { Trajectory } from '../trajectory.ts'
import { travel } from '../travel.ts'

const Named = Type.Object({ name: Type.String() })
/** Runs from before sources were recorded have the name in their configuration only. */
const Record = Type.Object({ config: Type.Object({ task: Type.String() }), task: Type.Optional(Named) })

/** DimaError `invalid_config`, `invalid_json` or `invalid_request` if the folder holds no run. */
export function taskOfRun(path: string): string {
  const { config, task } = readJsonFile(new RunFolder(path).file('config.json'), Record, 'run')
  return task?.name ?? config.task
}

/** DimaError `invalid_config` for an episode that is not there or can't be read, `invalid_shape` for another task's. */
export function runEpisode(path: string, index: number, task: MujocoTask): Trajectory {
  const { states, rewards, length } = load(path, index)
  const S = task.goal.stateNames.length
  if (states.length !== (length + 1) * S)
    throw new DimaError(
      'invalid_shape',
      `episode ${index} of ${path} has other states than ${task.spec.name}`,
      {
        field: 'episode',
        expected: [length + 1, S],
        given: [states.length],
      },
    )
  const rows = Array.from({ length: length + 1 }, (_, t) => states.subarray(t * S, (t + 1) * S))
  return {
    name: 'recorded',
    firstStep: 0,
    qpos: travel(task, rows),
    rewards: [undefined, ...rewards],
  }
}

function load(path: string, index: number): Episode {
  const folder = new RunFolder(path)
  try {
    return folder.loadEpisode(index)
  } catch {
    throw new DimaError('invalid_config', `${path} ${missing(folder, index)}`, {
      field: 'episode',
      given: index,
    })
  }
}

function missing(folder: RunFolder, index: number): string {
  const episodes = folder.file('episodes')
  if (!existsSync(episodes)) return 'keeps no episodes: runs with a world model do'
  const count = readdirSync(episodes).filter((name) => name.endsWith('.msgpack')).length
  return `has no readable episode ${index}; it has ${count}, from 0 on`
}
