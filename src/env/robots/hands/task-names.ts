// Names of the tasks of the hands: DexHands-<task>-mj1, then options as in a query string. `mj1` says that it is the first
// re-creation on MuJoCo: numbers are not those of the simulator that the tasks come from.
import Type, { type Static } from 'typebox'
import { oneOf } from '../../../common/config.ts'
import { parseQuery, queryOf } from '../../task-query.ts'

export const HANDS_VERSION = 'mj1'

export const HandsOptions = Type.Object(
  {
    ends: oneOf(
      ['split', 'single'],
      'split',
      'whether the time limit is told from a failure (truncation), or is one too, as in Isaac Gym',
    ),
    springs: oneOf(
      ['off', 'on'],
      'off',
      'whether springs pull cap and leaves back: the original sets their stiffness and leaves the drive off',
    ),
    friction: oneOf(
      ['mean', 'largest'],
      'mean',
      "of hand and object: the mean of both, PhysX's default, or the larger one, MuJoCo's (bottle 50.5 or 100, doors 0.55 or 1)",
    ),
    start: oneOf(
      ['clear', 'given'],
      'clear',
      'bottle and pen clear of palm and table, or as thick and as low as the original has them, 7 and 12 mm inside',
    ),
    touch: oneOf(
      ['contacts', 'zeros'],
      'contacts',
      'what force sensors of fingertips read: contact forces on them, or nothing, for what the original reads is not published',
    ),
    velocities: oneOf(
      ['frame', 'centre'],
      'frame',
      'velocities of fingertips and object: of their frames, or of their centres of mass',
    ),
    angles: oneOf(
      ['wrapped', 'signed'],
      'wrapped',
      'roll, pitch and yaw in 0 .. 2 pi, of which the bound of 5 cuts the top, or in -pi .. pi',
    ),
  },
  { additionalProperties: false },
)
export type HandsOptions = Static<typeof HandsOptions>

const NAME = /^DexHands-(?<errand>[A-Za-z]+)(?:-(?<version>mj\d+))?(?:\?(?<query>.*))?$/

export const isHandsName = (text: string): boolean => text.startsWith('DexHands-')

export interface HandsName {
  readonly errand: string
  readonly options: HandsOptions
}

/** Undefined for what is no name of these tasks or of another version; DimaError `invalid_config` for a wrong option. */
export function parseHandsName(text: string): HandsName | undefined {
  const { errand, version = HANDS_VERSION, query = '' } = NAME.exec(text)?.groups ?? {}
  if (!errand || version !== HANDS_VERSION) return undefined
  return { errand, options: parseQuery(HandsOptions, query) }
}

export const HANDS_DEFAULTS: HandsOptions = parseQuery(HandsOptions, '')

/** The full name, with the options that are not the defaults. */
export const formatHandsName = ({ errand, options }: HandsName): string =>
  `DexHands-${errand}-${HANDS_VERSION}${queryOf(HandsOptions, options)}`
