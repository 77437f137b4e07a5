// GET /v1/models and /v1/models/{name}: what is served and how to call it.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { ModelDetail, ModelList } from '../../api/models.ts'
import type { ServerContext } from '../context.ts'
import { modelDetail, modelList, modelPicture } from '../model-card.ts'
import { PICTURE_HEADERS } from '../page/policy.ts'
import { problemResponse } from '../plugins/swagger.ts'

const Parameters = Type.Object(
  { name: Type.String({ description: 'name, name@version or name@label', maxLength: 200 }) },
  { additionalProperties: false },
)

const PictureParameters = Type.Object(
  {
    ...Parameters.properties,
    picture: Type.String({ description: 'one of `pictures` of the model', maxLength: 200 }),
  },
  { additionalProperties: false },
)

const SVG = 'image/svg+xml'

export const modelRoutes: FastifyPluginCallbackTypebox<
  Pick<ServerContext, 'catalog' | 'limits' | 'device'>
> = (app, context, done) => {
  app.get('/v1/models', {
    schema: {
      operationId: 'listModels',
      summary: 'The models served',
      response: { 200: ModelList, ...problemResponse },
    },
    handler: async () => modelList(context.catalog.repository),
  })
  app.get('/v1/models/:name', {
    schema: {
      operationId: 'describeModel',
      summary: 'A model: agents, spaces, plans, scores, examples',
      params: Parameters,
      response: { 200: ModelDetail, ...problemResponse },
    },
    handler: async ({ params }) => modelDetail(context, params.name),
  })
  app.get('/v1/models/:name/pictures/:picture', {
    schema: {
      operationId: 'pictureOfModel',
      summary: "A picture of a model's card",
      params: PictureParameters,
      response: {
        200: { description: 'The picture', content: { [SVG]: { schema: Type.String() } } },
        ...problemResponse,
      },
    },
    handler: async ({ params }, reply) => {
      const picture = await modelPicture(context.catalog, params.name, params.picture)
      return reply.headers(PICTURE_HEADERS).type(SVG).send(Buffer.from(picture))
    },
  })
  done()
}
