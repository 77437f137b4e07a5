// A card as HTML. Whoever publishes a model writes it, so its own HTML is shown and not obeyed, and it can name no other
// addresses than http and https; pictures are the bundle's own.
import { Marked, type RendererObject } from 'marked'

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!)

const renderer: RendererObject = {
  html: ({ text }) => escaped(text),
  code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`, // keys scroll it
  link({ href, tokens }) {
    const inside = this.parser.parseInline(tokens)
    return /^https?:\/\//i.test(href) ? `<a href="${escaped(href)}" rel="noreferrer">${inside}</a>` : inside
  },
  image: ({ href, text }) =>
    /^[\w.-]+$/.test(href) ? `<img data-picture="${escaped(href)}" alt="${escaped(text)}">` : escaped(text),
}

const parser = new Marked({ gfm: true, renderer })

/** @param card Markdown; its first heading is the model's name, which stands above it already */
export const cardHtml = (card: string): string =>
  parser.parse(card.replace(/^\s*# .*\n/, ''), { async: false })
