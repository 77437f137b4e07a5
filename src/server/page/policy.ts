// What a browser lets the pages do: run and show what this server sends, call this server, and nothing else.

const page = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}

const headersFor = (policy: object): Record<string, string> => ({
  'content-security-policy': Object.entries(policy)
    .map((entry) => entry.join(' '))
    .join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
})

/** For pages and what they are made of. */
export const PAGE_HEADERS = headersFor(page)

/** For the worker with MuJoCo, whose module makes functions out of text. It has no page, and calls this server alone. */
export const WORKER_HEADERS = headersFor({
  'default-src': "'none'",
  'connect-src': "'self'",
  'script-src': "'self' 'unsafe-eval'",
})

/** For a picture of a bundle, which may be opened by itself: whatever is in it, it can do nothing. */
export const PICTURE_HEADERS = headersFor({
  'default-src': "'none'",
  'style-src': "'unsafe-inline'",
  sandbox: '',
})
