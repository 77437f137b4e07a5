// What `npm run keys` does, by its flags. A key is printed once and kept nowhere.
import Type, { type Static, type TObject } from 'typebox'
import { addKey, readKeys, removeKey } from './key-file.ts'
import type { Key } from './keys.ts'
import { SCOPES, type Scope } from './scopes.ts'

const flags = <P extends TObject['properties']>(properties: P) =>
  Type.Object({ file: File, ...properties }, { additionalProperties: false })

const File = Type.String({ default: 'keys.json', description: 'the file that the setting KEYS names' })
const Id = Type.String({ description: 'name of the holder' })

export const Add = flags({
  id: Id,
  scopes: Type.String({
    default: 'read,rollout,session',
    description: `of ${SCOPES.join(', ')}; every key may read`,
  }),
  expires: Type.Optional(Type.String({ description: 'date or time, ISO 8601 (default: never)' })),
  stepsPerSecond: Type.Optional(
    Type.Number({ description: "imagined steps a second (default: the server's RATE_LIMIT)" }),
  ),
  requestsPerSecond: Type.Optional(Type.Number({ description: 'an older name of stepsPerSecond' })),
  burst: Type.Optional(
    Type.Integer({ description: "imagined steps at once after a pause (default: the server's RATE_BURST)" }),
  ),
})
export const List = flags({})
export const Remove = flags({ id: Id })

export async function add({ file, scopes, ...rest }: Static<typeof Add>): Promise<void> {
  const key = await addKey(file, { ...rest, scopes: scopes.split(',') as Scope[] })
  console.error(`The key of ${rest.id}. It is shown this once; ${file} has only its hash.`)
  console.log(key)
}

export async function list({ file }: Static<typeof List>): Promise<void> {
  for (const key of await readKeys(file)) console.log(describe(key))
}

export const remove = ({ file, id }: Static<typeof Remove>): Promise<void> => removeKey(file, id)

const describe = ({ id, scopes, expires }: Key): string =>
  [id, scopes.join(','), expires === undefined ? 'never expires' : `expires ${expires}`].join('\t')

const MEANING: Record<Scope, string> = {
  read: 'models, metrics and API documents; every key has it',
  rollout: 'imagine trajectories',
  session: 'live sessions, and the steps they take',
  admin: 'reload the models folder',
}

export const USAGE = [
  'npm run keys -- add | list | remove [flags], each with --help',
  '\nScopes of a key:',
  ...SCOPES.map((scope) => `  ${scope.padEnd(9)}${MEANING[scope]}`),
].join('\n')
