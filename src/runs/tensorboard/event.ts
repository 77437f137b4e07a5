// TensorFlow's protobuf messages, as far as event files have them here.
// Field numbers: https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto and summary.proto
import protobuf from 'protobufjs/light.js'
import { recordOf } from './records.ts'
import type { Scalars } from './scalars.ts'

/** What the first event of a file says. */
const VERSION = 'brain.Event:2'

const field = (id: number, type: string) => ({ id, type })
/** proto2: a number that is zero is still written, else there would be no value. */
const message = (fields: Record<string, object>) => ({ edition: 'proto2', fields })

const root = protobuf.Root.fromJSON({
  nested: {
    Event: message({
      wallTime: field(1, 'double'),
      step: field(2, 'int64'),
      fileVersion: field(3, 'string'),
      summary: field(5, 'Summary'),
    }),
    Summary: message({ value: { id: 1, type: 'Value', rule: 'repeated' } }),
    Value: message({ tag: field(1, 'string'), simpleValue: field(2, 'float') }),
  },
} as Parameters<typeof protobuf.Root.fromJSON>[0])

const eventType = root.lookupType('Event')

const encoded = (event: object): Buffer => recordOf(eventType.encode(event).finish())

/** @param wallTime in seconds since 1970 */
export const firstEvent = (wallTime: number): Buffer => encoded({ wallTime, fileVersion: VERSION })

export function scalarEvent({ step, values }: Scalars, wallTime: number): Buffer {
  const value = Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue }))
  return encoded({ wallTime, step, summary: { value } })
}
