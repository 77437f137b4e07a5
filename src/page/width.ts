// How wide an element is, in CSS pixels: a drawing that is only scaled has letters that nobody can read on a phone.
import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** @param fallback before it is laid out */
export function useWidth(element: RefObject<HTMLElement | null>, fallback: number): number {
  const [width, setWidth] = useState(fallback)
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)))
    observer.observe(element.current!)
    return () => observer.disconnect()
  }, [element])
  return width
}
