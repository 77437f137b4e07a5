// The model's card, with its pictures.
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { cardHtml } from './card-html.ts'
import { pictureAddress } from './session.ts'

interface Props {
  /** name@version */
  model: string
  /** Markdown */
  text: string
  apiKey: string
}

export function Card({ model, text, apiKey }: Props) {
  const place = useRef<HTMLElement>(null)
  const html = useMemo(() => cardHtml(text), [text])
  useEffect(() => showPictures(place.current!, model, apiKey), [html, model, apiKey])
  return <section ref={place} class="panel card" dangerouslySetInnerHTML={{ __html: html }} />
}

/** Returns what forgets them again. */
function showPictures(place: HTMLElement, model: string, key: string): () => void {
  const addresses: string[] = []
  for (const image of place.querySelectorAll<HTMLImageElement>('img[data-picture]'))
    void pictureAddress(model, image.dataset.picture!, key).then((address) => {
      if (address === undefined) return
      addresses.push(address)
      image.src = address
    })
  return () => {
    for (const address of addresses) URL.revokeObjectURL(address)
  }
}
