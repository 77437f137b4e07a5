const LINKS: [href: string, text: string][] = [
  ['/docs', 'API explorer'],
  ['/openapi.json', 'OpenAPI'],
  ['/asyncapi.json', 'AsyncAPI'],
  ['/metrics', 'Metrics'],
]

export const Links = () => (
  <nav class="links" aria-label="API">
    {LINKS.map(([href, text]) => (
      <a key={href} href={href}>
        {text}
      </a>
    ))}
  </nav>
)
