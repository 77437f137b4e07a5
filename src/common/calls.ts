// Ask and answer over a channel to a thread or a process of ours. Asks are numbered, answers may come in any order, and
// the end of the channel fails what is outstanding and what is asked afterwards.
import { DimaError, type ErrorCode, type ErrorDetails } from './errors.ts'

export type Numbered<Ask> = Ask & { id: number }

export type Answer = { id: number; answer: unknown } | { id: number; error: SentError }

/**
 * Plain data, as channels take it. An error without a code is the operating system's, with what that says of it, or else a
 * fault of this program.
 */
export interface SentError {
  code?: ErrorCode
  message: string
  details?: ErrorDetails
  system?: Pick<NodeJS.ErrnoException, 'code' | 'errno' | 'path' | 'syscall'>
}

interface Waiting {
  resolve: (answer: never) => void
  reject: (error: Error) => void
}

/** @param buffers of the ask that are handed over and not copied, where the channel can */
type Send<Ask> = (ask: Numbered<Ask>, buffers: ArrayBuffer[]) => void

/** The side that asks. Whoever has the channel hands on what arrives, and says when it has ended. */
export class Asker<Ask extends object> {
  private readonly send: Send<Ask>
  private readonly outstanding = new Map<number, Waiting>()
  private failure: Error | undefined
  private lastId = 0

  constructor(send: Send<Ask>) {
    this.send = send
  }

  /** Throws what the other side throws, or why the channel has ended. */
  ask<Answered>(ask: Ask, buffers: ArrayBuffer[] = []): Promise<Answered> {
    if (this.failure) return Promise.reject(this.failure)
    return new Promise<Answered>((resolve, reject) => {
      const id = ++this.lastId
      this.outstanding.set(id, { resolve, reject })
      this.send({ ...ask, id }, buffers)
    })
  }

  answered(answer: Answer): void {
    const waiting = this.outstanding.get(answer.id)
    this.outstanding.delete(answer.id)
    if ('answer' in answer) waiting?.resolve(answer.answer as never)
    else waiting?.reject(receivedError(answer.error))
  }

  /** The first reason counts. */
  end(failure: Error): void {
    this.failure ??= failure
    for (const { reject } of this.outstanding.values()) reject(this.failure)
    this.outstanding.clear()
  }
}

/** The side that answers. Never throws. */
export async function answerTo({ id }: { id: number }, run: () => unknown): Promise<Answer> {
  try {
    return { id, answer: await run() }
  } catch (error) {
    return { id, error: sentError(error) }
  }
}

export function sentError(error: unknown): SentError {
  if (error instanceof DimaError) return { code: error.code, message: error.message, details: error.details }
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, errno, path, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined) return { message: error.stack ?? error.message }
  return { message: error.message, system: { code, errno, path, syscall } }
}

export const receivedError = ({ code, message, details, system }: SentError): Error =>
  code ? new DimaError(code, message, details) : Object.assign(new Error(message), system)
