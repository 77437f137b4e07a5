// What tuned values are looked up by. The tasks of two hands have those of Bi-DexHands, here and behind a bridge, where they are
// named as there.
import { isHandsName } from '../env/robots/hands/task-names.ts'

export const HANDS = 'DexHands'
const ORIGINAL = /^ShadowHand(?=BottleCap|Pen|DoorOpen)/

/** `Ant-4x2-v1?hops=1` -> `Ant-4x2`. */
export const tunedTask = (task: string): string =>
  task.replace(ORIGINAL, `${HANDS}-`).split('?')[0]!.split('-').slice(0, 2).join('-')

/** `Ant-4x2-v1` -> `Ant`. */
export const tunedRobot = (task: string): string => tunedTask(task).split('-')[0]!

/**
 * Our own tasks of two hands begin alike whatever the seed, and play alike with mean actions: one episode says all that an
 * evaluation can.
 */
export const evaluationEpisodes = (task: string): { episodes?: number } =>
  isHandsName(task) ? { episodes: 1 } : {}
