// A known page with the wrong method is 405 with Allow, not 404. Call it before the routes; it answers after them.
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { DimaError } from '../../common/errors.ts'

/** Returns the function that adds, to every page registered since, a refusal of the methods it lacks. */
export function watchMethods(app: FastifyInstance): (app: FastifyInstance) => void {
  const pages = new Map<string, Set<HTTPMethods>>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = pages.get(url) ?? new Set<HTTPMethods>()
    pages.set(url, known)
    for (const each of [method].flat()) known.add(each as HTTPMethods)
  })
  return (scope) => {
    for (const [url, allowed] of [...pages]) refuseOthers(scope, url, [...allowed].sort())
  }
}

function refuseOthers(app: FastifyInstance, url: string, allow: HTTPMethods[]): void {
  const others = app.supportedMethods.filter(
    (method) => !allow.includes(method as HTTPMethods),
  ) as HTTPMethods[]
  app.route({
    method: others,
    url,
    schema: { hide: true },
    // Before the body is read: what is in it does not matter.
    onRequest: async ({ method }) => {
      throw new DimaError('method_not_allowed', `${method} is not one of ${allow.join(', ')}`, { allow })
    },
    handler: () => undefined,
  })
}
