// Where one of our modules is that a thread or a process is to load: source and built code have other extensions.

/**
 * @param name module without extension, relative to `from`
 * @param from the caller's import.meta.url
 */
export const moduleUrl = (name: string, from: string): URL =>
  new URL(`${name}.${isSource(from) ? 'ts' : 'js'}`, from)

export const isSource = (from: string): boolean => from.endsWith('.ts')
