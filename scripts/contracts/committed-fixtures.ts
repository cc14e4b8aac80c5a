import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bn254 } from '@noble/curves/bn254'
import * as snarkjs from 'snarkjs'
import { type Address, bytesToHex } from 'viem'
import { contextOf } from '#prover/context.js'
import type { G1Point, ProofWithSignals } from '#prover/groth16.js'
import { encodeG2, encodeVerificationKey } from '#prover/key/encode.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { commitWeights, drawBlinding } from '#prover/weights/commit.js'
import { spanKeyPoint } from '#prover/weights/commitment-key.js'
import { architectureKeyOf } from '#prover/weights/fold.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'

const publicCount = 4
/** What the dishonest owner takes off the first word of outputs. */
const shift = 1000n

/**
 * Makes committed.json: an architecture, two versions of it, a proof for each, and a commitment shifted along the
 * point of the first output.
 */
export async function makeCommittedFixtures(
  folder: string,
  fixtures: string,
  chain: { readonly chainId: number; readonly verifier: Address; readonly consumer: Address },
): Promise<void> {
  execFileSync('npx', ['circom2', `${fixtures}/committed-digit.circom`, '--r1cs', '--wasm', '-o', folder], {
    stdio: 'inherit',
  })
  const r1cs = readR1cs(readFileSync(join(folder, 'committed-digit.r1cs')))
  const { zkey, verificationKey, commitmentKey } = await developmentSetup(r1cs, { committed: 4 })
  const architectureKey = architectureKeyOf(verificationKey, publicCount)
  const version = async (weights: readonly number[]) => {
    const blinding = drawBlinding()
    const committed = commitWeights(commitmentKey!, Float64Array.from(weights), blinding)
    const nonce = 0
    const context = contextOf({ ...chain, requester: chain.consumer, nonce })
    const input = { pixels: [5, 7], salt: 123456789n, context, weights: weights.map(String), blinding }
    const wasm = join(folder, 'committed-digit_js', 'committed-digit.wasm')
    const { proof, publicSignals }: ProofWithSignals = await snarkjs.groth16.fullProve(input, wasm, zkey)
    const signals = publicSignals.slice(0, publicCount)
    const calldata = encodeProofCalldata({
      proof,
      publicSignals: signals,
      requester: chain.consumer,
      nonce: BigInt(nonce),
    })
    return {
      commitment: words(committed.commitment),
      spanProof: words(committed.spanProof),
      inference: {
        proof: calldata.proof.map(hexWord),
        statement: calldata.statement.map(hexWord),
        requester: chain.consumer,
        nonce,
      },
      points: committed,
    }
  }
  const { points, ...a } = await version([400, 300, 21])
  const { points: _, ...b } = await version([401, 300, 21])
  const output = architectureKey.IC[2]!
  const fixture = {
    architecture: {
      key: bytesToHex(encodeVerificationKey(architectureKey)),
      spanKey: bytesToHex(encodeG2(spanKeyPoint(commitmentKey!))),
    },
    a,
    b,
    shifted: {
      shift: hexWord(shift),
      commitment: shiftedBy(points.commitment, output),
      spanProof: shiftedBy(points.spanProof, output),
    },
  }
  writeFileSync(`${fixtures}/committed.json`, `${JSON.stringify(fixture, null, 1)}\n`)
}

function words([x, y]: G1Point): string[] {
  return [x, y].map(hexWord)
}

/** point + shift · direction */
function shiftedBy(point: G1Point, direction: G1Point): string[] {
  const [start, along] = [point, direction].map(([x, y]) =>
    bn254.G1.ProjectivePoint.fromAffine({ x: BigInt(x), y: BigInt(y) }),
  )
  const { x, y } = start!.add(along!.multiply(shift)).toAffine()
  return [x, y].map(hexWord)
}
