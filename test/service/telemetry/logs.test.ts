import { expect, test } from 'vitest'
import { pairBundle } from '../support/bundles.js'
import { post, testServer } from '../support/test-server.js'

const input = { a: [0.25, 0.5, 1], b: [1, 1, 0] }

/** Runs work with what is written to standard error taken instead. */
async function linesOf(work: () => Promise<void>): Promise<Record<string, unknown>[]> {
  const { write } = process.stderr
  let text = ''
  process.stderr.write = ((chunk: string | Uint8Array) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    return true
  }) as typeof write
  try {
    await work()
  } finally {
    process.stderr.write = write
  }
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

test('lines of a job have its id and that of the request that made it', async () => {
  let job = ''
  let requestId: unknown
  const lines = await linesOf(async () => {
    const server = await testServer([await pairBundle()], { logLevel: 'info' })
    const response = await post(server, '/infer', { input, wait: true, salt: '987654321' })
    requestId = response.headers['x-request-id']
    job = (await server.inject({ url: '/jobs?limit=1' })).json().jobs[0].id
    await server.close()
  })
  const short = job.slice(0, 8)
  const of = (msg: string) => lines.find((line) => line.msg === msg)
  expect(of('proof accepted')).toMatchObject({ job: short, reqId: requestId })
  expect(of('job done')).toMatchObject({ job: short, reqId: requestId, kind: 'proof', attempt: 1 })
  const text = JSON.stringify(lines)
  for (const secret of [job, '987654321', '0.25']) expect(text).not.toContain(secret)
})

test('what fails inside is logged with its trace, and what the client asked for is not', async () => {
  const lines = await linesOf(async () => {
    const server = await testServer([await pairBundle()], { logLevel: 'info', proofTimeout: 1 })
    await post(server, '/infer', { input, wait: true })
    await server.close()
  })
  expect(lines.find(({ msg }) => msg === 'job not done')).toMatchObject({ code: 'TIMEOUT', attempt: 1 })
})
