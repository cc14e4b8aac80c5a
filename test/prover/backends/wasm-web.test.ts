import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { distFile } from '#circuits/paths.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { verifyProof } from '#prover/proof/verify.js'
import { browser, runInBrowser } from '../../support/browser.js'
import { provenCircuit } from '../../support/proven-circuit.js'

const script = `
import { createWebProver } from '/dist/prover/backends/wasm-web.js'
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer())
const prover = createWebProver({
  module: '/prover/native/wasm/prover.wasm', worker: '/dist/prover/backends/wasm-worker-web.js', threads: 2,
})
const request = { zkey: await bytes('/zkey'), witness: await bytes('/wtns') }
const proof = await prover.prove(request)
const cancelled = await prover.prove({ ...request, signal: AbortSignal.abort() }).catch(({ code }) => code)
await prover.close()
report({ proof, cancelled, isIsolated: crossOriginIsolated })
`

test.skipIf(browser === undefined || !existsSync(distFile('prover/backends/wasm-web.js'))).for([true, false])(
  'proves in a browser (needs one on PATH), page isolated: %s',
  { timeout: 120_000 },
  async (isIsolated) => {
    const { zkey, witness, verificationKey } = await provenCircuit()
    const result = await runInBrowser(script, { '/zkey': zkey, '/wtns': witness }, isIsolated)
    expect(result).toMatchObject({ cancelled: 'CANCELLED', isIsolated })
    const { proof } = result as { proof: ProofWithSignals }
    expect(await verifyProof(verificationKey, proof)).toBe(true)
  },
)
