import { writeFileSync } from 'node:fs'
import { type Address, bytesToHex } from 'viem'
import { createProver } from '#prover/backends/create-prover.js'
import type { Bundle } from '#prover/bundle/load.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { proveInference } from '#prover/prove.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { ensureLanesBundle } from '#scripts/examples/byte-lanes.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { type ProjectModel, readProjectModel } from '#service/demo/project-models.js'

/** Where the contracts stand for which fixtures are made. */
export interface FixtureChain {
  readonly chainId: number
  readonly verifier: Address
  readonly deployer: Address
}

/** Proves what a model makes of bytes, for a contract and one of its nonces. */
type ProveLanes = (
  lanes: readonly number[],
  binding: { readonly requester: Address; readonly nonce: bigint; readonly chainId?: number },
) => Promise<object>

/** Writes a fixture with a model's key and named proofs of its answers, as test/utils/ProvenModel.sol reads it. */
export async function writeLanesFixture(
  file: string,
  name: ProjectModel,
  chain: FixtureChain,
  make: (bundle: Bundle, prove: ProveLanes) => Promise<object>,
): Promise<void> {
  const bundle = await ensureLanesBundle(await readProjectModel(name))
  const prover = createProver()
  const input = bundle.model.inputs[0]!
  const prove: ProveLanes = async (lanes, binding) => {
    const context = { ...chain, ...binding }
    const inputs = new Map([[input.name, { shape: [1, lanes.length], data: Float32Array.from(lanes) }]])
    const proven = await proveInference(bundle, prover, inputs, { context })
    const { proof, statement, requester, nonce } = encodeProofCalldata({ ...proven, ...binding })
    return { proof: proof.map(hexWord), statement: statement.map(hexWord), requester, nonce: Number(nonce) }
  }
  try {
    const key = bytesToHex(encodeVerificationKey(bundle.verificationKey))
    const fixture = { deployer: chain.deployer, key, ...(await make(bundle, prove)) }
    writeFileSync(file, `${JSON.stringify(fixture, null, 1)}\n`)
  } finally {
    await prover.close()
  }
}
