// The key that this tab calls the server with. It stays in the tab: nothing is sent elsewhere or kept after it is closed.
import { DimaClient } from '../client/client.ts'

const PLACE = 'dima-key'

export const keyOfTab = (): string => sessionStorage.getItem(PLACE) ?? ''

export const keepKey = (key: string): void => sessionStorage.setItem(PLACE, key)

export const clientOf = (key: string): DimaClient =>
  new DimaClient(location.origin, { apiKey: key || undefined })

/** A picture of a model's card as an address for an image, which can't send a key. Undefined where there is none. */
export async function pictureAddress(
  model: string,
  picture: string,
  key: string,
): Promise<string | undefined> {
  const path = `/v1/models/${encodeURIComponent(model)}/pictures/${encodeURIComponent(picture)}`
  const reply = await fetch(path, key ? { headers: { authorization: `Bearer ${key}` } } : {})
  return reply.ok ? URL.createObjectURL(await reply.blob()) : undefined
}
