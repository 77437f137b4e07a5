// A film of the canvas, WebM, as long as it is recorded.

const FRAMES = 30
const BITS = 4_000_000

export interface Film {
  /** Ends it. */
  stop(): Promise<Blob>
}

/** Whether this browser can. */
export const canFilm = (): boolean =>
  typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported('video/webm')

export function startFilm(canvas: HTMLCanvasElement): Film {
  const stream = canvas.captureStream(FRAMES)
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm', videoBitsPerSecond: BITS })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => void parts.push(data)
  recorder.start()
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.onstop = () => {
          for (const track of stream.getTracks()) track.stop()
          resolve(new Blob(parts, { type: 'video/webm' }))
        }
        recorder.stop()
      }),
  }
}
