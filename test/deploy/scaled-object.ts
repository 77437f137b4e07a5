// The fields of KEDA's ScaledObject that are used here (keda.sh/v1alpha1).
import Type from 'typebox'

const strict = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const count = Type.Integer({ minimum: 0 })

const Rules = strict({
  stabilizationWindowSeconds: Type.Integer({ minimum: 0, maximum: 3600 }),
  policies: Type.Array(
    strict({
      type: Type.Enum(['Percent', 'Pods']),
      value: Type.Integer({ minimum: 1 }),
      periodSeconds: Type.Integer({ minimum: 1, maximum: 1800 }),
    }),
    { minItems: 1 },
  ),
})

const Trigger = strict({
  type: Type.Literal('prometheus'),
  name: Type.String(),
  metricType: Type.Enum(['Value', 'AverageValue']),
  // All are text, as KEDA wants them.
  metadata: strict({
    serverAddress: Type.String({ pattern: '^https?://' }),
    query: Type.String(),
    threshold: Type.String({ pattern: '^\\d+(\\.\\d+)?$' }),
    ignoreNullValues: Type.Enum(['true', 'false']),
  }),
})

export const ScaledObject = strict({
  apiVersion: Type.Literal('keda.sh/v1alpha1'),
  kind: Type.Literal('ScaledObject'),
  metadata: strict({ name: Type.String(), labels: Type.Record(Type.String(), Type.String()) }),
  spec: strict({
    scaleTargetRef: strict({ name: Type.String() }),
    minReplicaCount: count,
    maxReplicaCount: count,
    pollingInterval: count,
    advanced: strict({
      horizontalPodAutoscalerConfig: strict({ behavior: strict({ scaleUp: Rules, scaleDown: Rules }) }),
    }),
    triggers: Type.Array(Trigger, { minItems: 1 }),
  }),
})
