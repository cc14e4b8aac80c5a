import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { distFile } from '#circuits/paths.js'
import { loadBundle } from '#prover/bundle/load.js'
import { bundleFiles, optionalFiles } from '#prover/bundle/manifest.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import { digitsBundle, digitsInput, digitsModel } from '../support/bundles.js'
import { callJson, finish, runJson, startCommand } from '../support/command-line.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'zkserve-processes-')))
afterAll(() => rmSync(folder, { recursive: true }))

test('serve answers on a free port until it is stopped, and then ends with 0', async () => {
  const bundle = await digitsBundle()
  const args = [
    'serve',
    '--models',
    bundle,
    '--port',
    '0',
    '--database',
    'memory',
    '--concurrency',
    '1',
    // The slowest: a proof must still be in work when the signal comes.
    '--backend',
    'snarkjs',
    '--json',
  ]
  const child = startCommand(args, {
    ZKSERVE_LOG_LEVEL: 'info',
    ZKSERVE_CLOSE_TIMEOUT: '0',
  })
  const finished = finish(child)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const { url, models } = JSON.parse(line.toString())
  expect(models).toMatchObject([{ name: 'digits' }])
  const body = JSON.stringify({ input: digitsInput(0.123456), wait: true })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/infer`, { method: 'POST', headers, body })
  const reply = (await answer.json()) as ProofReply
  const checked = await fetch(`${url}/verify`, { method: 'POST', headers, body: JSON.stringify(reply) })
  expect(await checked.json()).toMatchObject({ valid: true })

  const port = new URL(url).port
  const taken = await runJson(['serve', '--models', bundle, '--port', port, '--database', 'memory'])
  expect(taken).toMatchObject({ code: 2, document: { error: { code: 'USAGE' } } })

  const pending = fetch(`${url}/infer`, { method: 'POST', headers, body })
  await new Promise((resolve) => setTimeout(resolve, 100))
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await finished
  expect((await pending).status).toBe(409)
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain('"route":"/infer"')
  for (const secret of ['0.123456', reply.salt!, reply.inputCommitment!]) expect(stderr).not.toContain(secret)
})

test('an interrupted build ends with 130 and leaves nothing', async () => {
  const parent = mkdtempSync(join(folder, 'build-'))
  const calibration = join(digitsModel, 'calibration.npz')
  const out = join(parent, 'bundle')
  const child = startCommand([
    ...['build', join(digitsModel, 'model.onnx'), '--calibration', calibration, '--out', out, '--json'],
  ])
  const finished = finish(child)
  while (readdirSync(parent).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill('SIGINT')
  const { code, stdout } = await finished
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 130, error: { code: 'CANCELLED' } })
  expect(readdirSync(parent)).toEqual([])
})

test('a killed build leaves no bundle; the next sweeps what it left, and is never written over', async () => {
  const parent = mkdtempSync(join(folder, 'killed-'))
  const out = join(parent, 'bundle')
  const calibration = join(digitsModel, 'calibration.npz')
  const model = join(digitsModel, 'model.onnx')
  const args = ['build', model, '--calibration', calibration, '--out', out, '--name', 'digits']
  const child = startCommand(args)
  const finished = finish(child)
  while (readdirSync(parent).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill('SIGKILL')
  await finished
  expect(readdirSync(parent)).not.toContain('bundle')

  const { code, document } = await runJson(args)
  expect(code).toBe(0)
  expect(readdirSync(parent)).toEqual(['bundle'])
  expect(readdirSync(out).sort()).toEqual([...bundleFiles, ...optionalFiles, 'manifest.json'].sort())
  const { manifest } = await loadBundle(await digitsBundle())
  const { modelHash, circuitHash, wires } = manifest
  const publicSignals = manifest.publicSignals.length
  const constraints = manifest.constraints.total
  expect(document).toMatchObject({ dir: out, modelHash, circuitHash, constraints, wires, publicSignals })
  expect(document.vkHash).not.toBe(manifest.vkHash)
  expect(Object.keys(document.timings)).toContain('setup')
  expect(await callJson(args)).toMatchObject({ code: 2, document: { error: { code: 'BUNDLE_EXISTS' } } })
})

test('the program runs through a link, as npm installs it', () => {
  const link = join(folder, 'zkserve')
  symlinkSync(distFile('service/cli/main.js'), link)
  expect(execFileSync(link, ['--version']).toString()).toMatch(/^\d+\.\d+\.\d+\n$/)
})
