import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as snarkjs from 'snarkjs'
import { type Address, bytesToHex } from 'viem'
import { contextOf } from '#prover/context.js'
import type { ProofWithSignals, VerificationKey } from '#prover/groth16.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { fulfilmentNonce } from '#service/chain/encode-fulfilment.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'

/** A key of the circuit in digit.circom. */
export interface FixtureKey {
  readonly zkey: string
  readonly vk: VerificationKey
}

/** Whom a proof pays for which request; by default for the oracle and chain of the fixtures. */
interface Terms {
  readonly requestId: bigint
  readonly payee: Address
  readonly fee: bigint
  readonly chainId?: number
  readonly oracle?: Address
}

const batchSize = 9
const fee = 10n ** 15n

/**
 * Makes oracle.json: answers to the requests 0 to 8 of an oracle that a fresh anvil's first account deploys after
 * registering the model, and answers to request 0 on other terms.
 *
 * @param folder with the compiled digit.circom
 */
export async function makeOracleFixtures(
  folder: string,
  fixtures: string,
  { key, otherKey }: { readonly key: FixtureKey; readonly otherKey: FixtureKey },
  chain: { readonly chainId: number; readonly verifier: Address },
): Promise<void> {
  const parties = {
    /** Created at nonce 3, as ProvenDigit is elsewhere: the registration of the model is the transaction between. */
    oracle: '0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9',
    prover: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    rival: '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
  } as const
  const prove = async (by: FixtureKey, { requestId, payee, fee, ...elsewhere }: Terms) => {
    const nonce = fulfilmentNonce({ requestId, payee, fee })
    const { chainId = chain.chainId, oracle = parties.oracle } = elsewhere
    const context = contextOf({ chainId, verifier: chain.verifier, requester: oracle, nonce })
    const digit = Number(requestId) % 10
    const logits = Array.from({ length: 10 }, (_, k) => String(k === digit ? 4711 : (-1000 - k) >>> 0))
    const input = { logits, salt: 123456789n + requestId, context }
    const wasm = join(folder, 'digit_js', 'digit.wasm')
    const result: ProofWithSignals = await snarkjs.groth16.fullProve(input, wasm, by.zkey)
    const { proof, statement } = encodeProofCalldata({ ...result, requester: oracle, nonce })
    return {
      requestId: Number(requestId),
      payee,
      fee: Number(fee),
      proof: proof.map(hexWord),
      statement: statement.map(hexWord),
      digit,
    }
  }
  const first = { requestId: 0n, payee: parties.prover, fee }
  const answers = []
  for (let requestId = 0n; requestId < batchSize; requestId++) {
    answers.push(await prove(key, { ...first, requestId }))
  }
  const proofs = {
    answers,
    rival: [await prove(key, { ...first, payee: parties.rival, fee: (4n * fee) / 10n })],
    otherModel: [await prove(otherKey, first)],
    otherChain: [await prove(key, { ...first, chainId: 1 })],
    otherOracle: [await prove(key, { ...first, oracle: parties.prover })],
  }
  const keys = { model: keyHex(key), otherModel: keyHex(otherKey) }
  const fixture = { ...parties, keys, verificationKey: key.vk, proofs }
  writeFileSync(`${fixtures}/oracle.json`, `${JSON.stringify(fixture, null, 1)}\n`)
}

function keyHex({ vk }: FixtureKey): string {
  return bytesToHex(encodeVerificationKey(vk))
}
