// The few SVG elements that pictures are made of. Numbers are written to a tenth of a pixel.

export type Attributes = Readonly<Record<string, string | number>>

export const element = (name: string, attributes: Attributes, content = ''): string => {
  const text = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeXml(value)}"`)
    .join('')
  return content ? `<${name}${text}>${content}</${name}>` : `<${name}${text}/>`
}

export const text = (content: string, attributes: Attributes): string =>
  element('text', attributes, escapeXml(content))

export const short = (value: number): string => String(Number(value.toFixed(1)))

export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
