// The flags of `npm run render`.
import Type, { type Static } from 'typebox'

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

export const RenderFlags = Type.Object(
  {
    task: text('environment (default: what --run, --truth or --rollout say, or HalfCheetah-2x3)'),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'of an episode of the random policy' }),
    run: text('folder of a training run: draw one of its episodes instead'),
    episode: Type.Integer({ default: 0, minimum: 0, description: 'which episode of the run' }),
    rollout: text(
      'file to draw instead: a reply of POST /rollout or of its stream, or what npm run simulate wrote',
    ),
    row: Type.Integer({ default: 0, minimum: 0, description: 'which row of the reply' }),
    truth: text('what npm run simulate wrote: drawn too, the rollout translucent over it'),
    from: Type.Integer({ default: 0, minimum: 0, description: 'first step to draw' }),
    steps: Type.Integer({ default: 200, minimum: 1, description: 'most steps to draw' }),
    every: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'steps from one frame to the next (default: enough for 40 ms)',
      }),
    ),
    fps: Type.Optional(
      Type.Number({ minimum: 0.1, maximum: 50, description: 'frames a second (default: real time)' }),
    ),
    width: Type.Integer({ default: 480, minimum: 120, maximum: 1920, description: 'pixels of a frame' }),
    strip: Type.Integer({ default: 6, minimum: 1, maximum: 60, description: 'frames in the strip' }),
    out: text('folder to write (default runs/render/<task>)'),
  },
  { additionalProperties: false },
)
export type RenderFlags = Static<typeof RenderFlags>
