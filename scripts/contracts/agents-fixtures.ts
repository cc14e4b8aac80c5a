import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as snarkjs from 'snarkjs'
import { type Address, bytesToHex, getContractAddress, keccak256, stringToHex } from 'viem'
import { contextOf } from '#prover/context.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { hexWord, randomisedAgain } from '#scripts/contracts/fixture-points.js'
import type { FixtureKey } from '#scripts/contracts/oracle-fixtures.js'
import { jobNonce } from '#service/agents/job-terms.js'
import { requestHashOf, type ValidationClaim } from '#service/agents/validation-claim.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'

interface FixtureChain {
  readonly chainId: number
  readonly verifier: Address
  readonly deployer: Address
}

/** What a proof is made with and for; by default the model, the chain and the contract that asks for it. */
interface Change {
  readonly key?: FixtureKey
  readonly chainId?: number
  readonly requester?: Address
  /** Sets the input apart, and with it the commitment. */
  readonly question?: number
}

const seller: Address = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const rival: Address = '0x90F79bf6EB2c4f870365E785982E1f101E93b906'
const agents = { seller: 1n, rival: 2n }

/**
 * Makes agents.json: answers to jobs of an escrow, and to validation requests, for contracts that a fresh anvil's first
 * account creates at nonces 3 (token), 4 (escrow), 5 (evaluator), 6 (identities), 7 (validations) and 8 (validator).
 *
 * @param folder with the compiled digit.circom
 */
export async function makeAgentsFixtures(
  folder: string,
  fixtures: string,
  { key, otherKey }: { readonly key: FixtureKey; readonly otherKey: FixtureKey },
  chain: FixtureChain,
): Promise<void> {
  const created = (nonce: bigint) => getContractAddress({ from: chain.deployer, nonce })
  const contracts = { commerce: created(4n), evaluator: created(5n), validator: created(8n) }
  const prove = async (requester: Address, nonce: bigint, change: Change = {}) => {
    const binding = { requester: change.requester ?? requester, nonce }
    const context = contextOf({
      chainId: change.chainId ?? chain.chainId,
      verifier: chain.verifier,
      ...binding,
    })
    const { question = 0 } = change
    const logits = Array.from({ length: 10 }, (_, k) => String(k === question ? 4711 : (-1000 - k) >>> 0))
    const result: ProofWithSignals = await snarkjs.groth16.fullProve(
      { logits, salt: 987654321n + BigInt(question), context },
      join(folder, 'digit_js', 'digit.wasm'),
      (change.key ?? key).zkey,
    )
    const { proof, statement } = encodeProofCalldata({ ...result, ...binding })
    return { proof: proof.map(hexWord), statement: statement.map(hexWord) }
  }
  const job = (jobId: bigint, provider: Address, change?: Change) =>
    prove(contracts.evaluator, jobNonce({ commerce: contracts.commerce, jobId, provider }), change)
  const { statement: words } = await job(1n, seller)
  const claimOf = (agentId: bigint): ValidationClaim => ({
    agentId,
    modelId: 1n,
    version: 1,
    statement: words.map(BigInt),
    salt: keccak256(stringToHex(`salt of agent ${agentId}`)),
  })
  const validation = async (agentId: bigint, change?: Change) => {
    const claim = claimOf(agentId)
    const proven = await prove(contracts.validator, BigInt(requestHashOf(claim)), change)
    return { ...proven, agentId: Number(agentId), salt: claim.salt, requestHash: requestHashOf(claim) }
  }
  const first = await job(1n, seller)
  const proofs = {
    jobs: [first, await job(2n, seller, { question: 1 })],
    rerandomised: [{ ...first, proof: randomisedAgain(first.proof) }],
    rival: [await job(1n, rival), await job(2n, rival)],
    otherInput: [await job(1n, seller, { question: 2 })],
    otherModel: [await job(1n, seller, { key: otherKey })],
    otherChain: [await job(1n, seller, { chainId: 1 })],
    otherEvaluator: [await job(1n, seller, { requester: contracts.validator })],
    validations: [await validation(agents.seller), await validation(agents.rival)],
    validationOtherModel: [await validation(agents.seller, { key: otherKey })],
    validationOtherChain: [await validation(agents.seller, { chainId: 1 })],
    validationForEvaluator: [await validation(agents.seller, { requester: contracts.evaluator })],
  }
  const hexOf = ({ vk }: FixtureKey) => bytesToHex(encodeVerificationKey(vk))
  const keys = { model: hexOf(key), otherModel: hexOf(otherKey) }
  const fixture = { ...contracts, seller, rival, keys, verificationKey: key.vk, proofs }
  writeFileSync(`${fixtures}/agents.json`, `${JSON.stringify(fixture, null, 1)}\n`)
}
