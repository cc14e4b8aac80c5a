import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as snarkjs from 'snarkjs'
import { type Address, bytesToHex } from 'viem'
import { contextOf } from '#prover/context.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import type { FixtureKey } from '#scripts/contracts/oracle-fixtures.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { poolNonce } from '#service/chain/pool-nonce.js'

const parties = {
  /** Created at nonce 3: the registration of the model is the transaction between. */
  pool: '0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9',
  prover: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  rival: '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
} as const

/** Whom a proof pays for which request. */
interface Terms {
  readonly requestId: bigint
  readonly payee: Address
  readonly chainId?: number
}

/**
 * Makes pool.json: answers to the first requests of a ProverPool that a fresh anvil's first account deploys after
 * registering the model.
 *
 * @param folder with the compiled digit.circom
 */
export async function makePoolFixtures(
  folder: string,
  fixtures: string,
  key: FixtureKey,
  chain: { readonly chainId: number; readonly verifier: Address },
): Promise<void> {
  const prove = async ({ requestId, payee, chainId = chain.chainId }: Terms) => {
    const nonce = poolNonce(requestId, payee)
    const requester = parties.pool
    const context = contextOf({ chainId, verifier: chain.verifier, requester, nonce })
    const digit = Number(requestId) % 10
    const logits = Array.from({ length: 10 }, (_, k) => String(k === digit ? 4711 : (-1000 - k) >>> 0))
    const input = { logits, salt: 987654321n + requestId, context }
    const wasm = join(folder, 'digit_js', 'digit.wasm')
    const result: ProofWithSignals = await snarkjs.groth16.fullProve(input, wasm, key.zkey)
    const { proof, statement } = encodeProofCalldata({ ...result, requester, nonce })
    return { payee, proof: proof.map(hexWord), statement: statement.map(hexWord) }
  }
  const { prover, rival } = parties
  const proofs = {
    prover: [await prove({ requestId: 0n, payee: prover }), await prove({ requestId: 1n, payee: prover })],
    rival: [await prove({ requestId: 0n, payee: rival })],
    otherChain: [await prove({ requestId: 0n, payee: prover, chainId: 1 })],
  }
  const fixture = { ...parties, key: bytesToHex(encodeVerificationKey(key.vk)), proofs }
  writeFileSync(`${fixtures}/pool.json`, `${JSON.stringify(fixture, null, 1)}\n`)
}
