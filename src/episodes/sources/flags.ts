// The flags that say where episodes come from, shared by the commands.
import Type, { type Static } from 'typebox'

export const sourceFlags = {
  env: Type.String({
    default: '',
    description: 'ws://host:port of a remote environment; --task is then one of its own (docs/bridge.md)',
  }),
  envTokenVariable: Type.String({ default: '', description: 'environment variable with the token of --env' }),
  envs: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 65_536,
    description: 'copies that play side by side; 0: up to 8 here, 1 where remote',
  }),
  dataset: Type.String({
    default: '',
    description: 'recorded episodes instead of an environment: HDF5 file or folder (docs/datasets.md)',
  }),
}

/** Flags of the source of a run that was trained: its record says the rest. */
export const movedFlags = {
  env: Type.String({ default: '', description: 'where the remote environment of the run is now' }),
  envTokenVariable: sourceFlags.envTokenVariable,
  envs: sourceFlags.envs,
  dataset: Type.String({ default: '', description: 'where the recorded episodes of the run are now' }),
}

const SourceFlags = Type.Object(sourceFlags)
export type SourceFlags = Static<typeof SourceFlags>
