// What runs and models of a task are called.

/** Small letters, digits and dashes, as model names are made of. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

const withoutVersion = (name: string): string => name.replace(/[-_]v\d+$/, '')

/** `HalfCheetah-2x3-v1?observation=raw` -> `halfcheetah-2x3`. */
export const modelNameOf = (task: string): string =>
  slug(withoutVersion(task.split('?')[0]!)).slice(0, 63) || 'model'

/** `HalfCheetah-2x3-v1?observation=raw` -> `halfcheetah-2x3-observation-raw`. */
export function runNameOf(task: string): string {
  const [name = '', ...options] = task.split('?')
  return slug([withoutVersion(name), ...options].join('-')) || 'run'
}
