import type { FastifyPluginAsync, FastifyTypeProvider, RawServerDefault } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Services } from '#service/http/services.js'

/** Tells Fastify the types of requests and replies from TypeBox schemas. */
export interface TypeBoxProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown
}

/** One route, as a Fastify plugin. */
export type Route = FastifyPluginAsync<Services, RawServerDefault, TypeBoxProvider>
