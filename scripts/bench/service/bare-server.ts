/** What the service is compared with: Fastify that reads the same body and answers the same JSON, and no more. */
import Fastify from 'fastify'
import { parseInput } from '#circuits/data/input.js'
import { loadBundle } from '#prover/bundle/load.js'
import { infer } from '#prover/inference/infer.js'

const [kind, dir] = process.argv.slice(2)
const { model } = await loadBundle(dir!)
const server = Fastify()
let answer: unknown = null
const answerOf = (body: unknown) => infer(model, parseInput(body, model.inputs, model.batch))
server.post('/infer', async ({ body }) => {
  if (kind === 'model') return answerOf(body)
  // Computed once: what the model takes is not Fastify's.
  answer ??= answerOf(body)
  return answer
})
process.stdout.write(`${JSON.stringify({ url: await server.listen({ host: '127.0.0.1', port: 0 }) })}\n`)
