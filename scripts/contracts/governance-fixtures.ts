import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as snarkjs from 'snarkjs'
import { type Address, bytesToHex, zeroAddress } from 'viem'
import { contextOf } from '#prover/context.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { commitTestSet } from '#service/chain/test-set.js'

/** Rows that each version answers wrongly. */
const mistakes = { current: [3, 6], better: [3], worse: [0, 1, 2, 3, 4] } as const
const rows = Array.from({ length: 8 }, (_, k) => ({ input: [1000n + BigInt(k)], label: k % 2 }))

/**
 * Makes governance.json: a test set of eight rows, and the answers to them by three keys of answer.circom, for anybody
 * and a verifier that a fresh anvil's first account deploys.
 */
export async function makeGovernanceFixtures(
  folder: string,
  fixtures: string,
  chain: { readonly chainId: number; readonly verifier: Address },
): Promise<void> {
  const at = (name: string): string => join(folder, name)
  execFileSync('npx', ['circom2', `${fixtures}/answer.circom`, '--r1cs', '--wasm', '-o', folder], {
    stdio: 'inherit',
  })
  const curve = await snarkjs.curves.getCurveFromName('bn128')
  await snarkjs.powersOfTau.newAccumulator(curve, 8, at('a0.ptau'))
  await snarkjs.powersOfTau.contribute(at('a0.ptau'), at('a1.ptau'), 'one', 'governance entropy')
  await snarkjs.powersOfTau.preparePhase2(at('a1.ptau'), at('a2.ptau'))
  await snarkjs.zKey.newZKey(at('answer.r1cs'), at('a2.ptau'), at('answer.zkey'))

  const prove = async (zkey: string, index: number, isRight: boolean, chainId = chain.chainId) => {
    const { input, label } = rows[index]!
    const answer = isRight ? label : 1 - label
    const nonce = BigInt(index)
    const context = contextOf({ chainId, verifier: chain.verifier, requester: zeroAddress, nonce })
    const logits = [0, 1].map((k) => (k === answer ? '4711' : String(-1000 >>> 0)))
    const wasm = join(folder, 'answer_js', 'answer.wasm')
    const signals = { row: input[0]!, logits, context }
    const result: ProofWithSignals = await snarkjs.groth16.fullProve(signals, wasm, zkey)
    const { proof, statement } = encodeProofCalldata({ ...result, requester: zeroAddress, nonce })
    return { proof: proof.map(hexWord), statement: statement.map(hexWord), nonce: index }
  }
  const keys: Record<string, string> = {}
  const proofs: Record<string, unknown[]> = {}
  for (const [name, wrong] of Object.entries<readonly number[]>(mistakes)) {
    const zkey = at(`${name}.zkey`)
    await snarkjs.zKey.contribute(at('answer.zkey'), zkey, name, `entropy of ${name}`)
    keys[name] = bytesToHex(encodeVerificationKey(await snarkjs.zKey.exportVerificationKey(zkey)))
    proofs[name] = []
    for (const index of rows.keys()) proofs[name].push(await prove(zkey, index, !wrong.includes(index)))
  }
  proofs.otherChain = [await prove(at('better.zkey'), 0, true, 1)]
  const set = commitTestSet(rows, 2)
  const testSet = {
    ...set.terms,
    id: set.id,
    members: rows.map(({ label }, index) => ({ label, path: set.pathOf(index) })),
  }
  writeFileSync(`${fixtures}/governance.json`, `${JSON.stringify({ testSet, keys, proofs }, null, 1)}\n`)
}
