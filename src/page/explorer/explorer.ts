// Swagger UI on the server's own document. It calls with the key that the page at / was given.
import { keyOfTab } from '../session.ts'

interface Request {
  headers: Record<string, string>
}

declare const SwaggerUIBundle: (options: {
  url: string
  dom_id: string
  deepLinking: boolean
  tryItOutEnabled: boolean
  defaultModelsExpandDepth: number
  /** else it would ask a server elsewhere whether the document is valid */
  validatorUrl: null
  requestInterceptor: (request: Request) => Request
}) => unknown

function withKey(request: Request): Request {
  const key = keyOfTab()
  if (key) request.headers.authorization ??= `Bearer ${key}`
  return request
}

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#explorer',
  deepLinking: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor: withKey,
})
