/** The client in a browser, bundled as an application would be: proves on a service, and checks the answer itself. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { build } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '#circuits/paths.js'
import { browser, runInBrowser } from '../../support/browser.js'
import { digitsBundle, digitsInput } from '../support/bundles.js'
import { testServer } from '../support/test-server.js'

let server: FastifyInstance

beforeAll(async () => {
  server = await testServer([await digitsBundle()], { corsOrigin: ['*'], logLevel: 'error' })
  await server.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => server?.close())

/** All that a page loads, as one module. */
async function bundled(text: string): Promise<string> {
  const entry = 'page.js'
  const { output } = await build({
    input: entry,
    write: false,
    output: { codeSplitting: false },
    platform: 'browser',
    // The sources themselves: tests do not depend on a build.
    resolve: { conditionNames: ['zkserve-source', 'browser', 'import', 'module', 'default'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? join(packageRoot, entry) : null),
        load: (id) => (id === join(packageRoot, entry) ? text : null),
      },
    ],
  })
  expect(output).toHaveLength(1)
  return output[0].code
}

test.skipIf(browser === undefined)(
  'a page has a digit proven and checks the proof (needs a browser on PATH)',
  { timeout: 120_000 },
  async () => {
    const { port } = server.server.address() as AddressInfo
    const script = await bundled(`
import { ZkserveClient } from '#service/client/client.js'
import { verifyAnswer } from '#service/client/trusted-model.js'
const client = new ZkserveClient({ url: 'http://127.0.0.1:${port}' })
const input = ${JSON.stringify(digitsInput())}
const states = []
const answer = await client.inferAndProve({ input }, { onEvent: ({ state }) => states.push(state) })
const model = await client.models.trusted('digits', answer.model.vkHash)
const changed = { ...answer, label: answer.label + 1 }
report({
  last: states.at(-1),
  honest: await verifyAnswer(model, answer, { input }),
  other: await verifyAnswer(model, answer, { input: input.map((value) => 1 - value) }),
  changed: await verifyAnswer(model, changed),
})`)
    expect(await runInBrowser(script, {}, false)).toMatchObject({
      last: 'succeeded',
      honest: { valid: true },
      other: { valid: false, reason: 'the proof is of another input' },
      changed: { valid: false },
    })
  },
)
