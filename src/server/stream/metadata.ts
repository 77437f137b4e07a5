// The first frame: what is served, what can be asked and within which limits.

import { AUTORESET_MODES } from '../../api/sessions.ts'
import type { Metadata } from '../../api/stream.ts'
import { OPERATION_NAMES } from '../../api/stream.ts'
import { modelList } from '../model-card.ts'
import { VERSION } from '../version.ts'
import type { StreamContext } from './context.ts'

export const metadata = ({ context, config }: StreamContext): Metadata => ({
  type: 'metadata',
  protocol: 'dima-stream/1',
  server: { name: 'dima', version: VERSION },
  models: modelList(context.catalog.repository).models,
  operations: OPERATION_NAMES,
  autoreset_modes: [...AUTORESET_MODES],
  limits: {
    frame_bytes: config.FRAME_LIMIT_BYTES,
    batch: context.limits.batch,
    stream_horizon: context.limits.streamHorizon,
    sessions: config.MAX_SESSIONS_PER_KEY,
    pending_steps: config.MAX_PENDING_STEPS,
    pipeline: config.MAX_PIPELINE,
    idle_timeout_seconds: config.IDLE_TIMEOUT_SECONDS,
    ping_seconds: config.PING_SECONDS,
  },
})
