// What a subcommand of `npm run models` is: its flags, and what it does with its words.
import Type, { type Static, type TObject } from 'typebox'

export interface ModelsCommand<S extends TObject = TObject> {
  schema: S
  /** @param words as many as its usage says */
  run(flags: Static<S>, ...words: string[]): Promise<void>
}

/** Lets the flags have the schema's type. */
export const modelsCommand = <S extends TObject>(schema: S, run: ModelsCommand<S>['run']): ModelsCommand =>
  ({ schema, run }) as unknown as ModelsCommand

export const modelsFlag = { models: Type.String({ default: 'models', description: 'models folder' }) }
export const jsonFlag = { json: Type.Boolean({ default: false, description: 'JSON in place of a table' }) }
