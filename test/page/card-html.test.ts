import { expect, test } from 'vitest'
import { cardHtml } from '../../src/page/card-html.ts'

test('the first heading, which stands above already, is left out', () => {
  expect(cardHtml('# tiny\n\n## Policy\n\ntext')).toBe('<h2>Policy</h2>\n<p>text</p>\n')
})

test('tables, code and pictures of the bundle', () => {
  expect(cardHtml('|a|b|\n|-|-|\n|1|2|')).toContain('<td>1</td>')
  expect(cardHtml('```sh\ncurl <x>\n```')).toBe('<pre tabindex="0"><code>curl &lt;x&gt;</code></pre>\n')
  expect(cardHtml('![Error "by" step](error.svg)')).toContain(
    '<img data-picture="error.svg" alt="Error &quot;by&quot; step">',
  )
})

test.each([
  '<script>alert(1)</script>',
  'text <img src=x onerror=alert(1)> text',
  '[link](javascript:alert(1))',
  '[link](data:text/html,x)',
  '[link](JaVaScRiPt:alert(1))',
  '![x](https://elsewhere.example/pixel.png)',
  '![x](../../etc/passwd)',
  '![x" onerror="alert(1)](error.svg)',
  '<a href="javascript:alert(1)">x</a>',
])('%s does nothing', (card) => {
  const html = cardHtml(card)
  const tags = html.match(/<[^>]*>/g) ?? []
  expect(tags.filter((tag) => !/^<\/?(p|a|img)\b/.test(tag))).toEqual([])
  for (const tag of tags) expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/ on\w+=|href=|src=/)
})

test('links lead to the web alone', () => {
  expect(cardHtml('[paper](https://arxiv.org/abs/2505.20922?a=1&b=2)')).toContain(
    '<a href="https://arxiv.org/abs/2505.20922?a=1&amp;b=2" rel="noreferrer">paper</a>',
  )
})
