import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as snarkjs from 'snarkjs'
import { type Address, bytesToHex, getContractAddress, keccak256, stringToHex } from 'viem'
import { datasetRow } from '#circuits/data/dataset.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { createProver } from '#prover/backends/create-prover.js'
import { contextOf } from '#prover/context.js'
import type { ProofWithSignals, VerificationKey } from '#prover/groth16.js'
import { inputLanes } from '#prover/inference/pack-inputs.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { proveInference } from '#prover/prove.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup } from '#prover/setup/development.js'
import { randomisedAgain } from '#scripts/contracts/fixture-points.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { claimIdOf, type DigitClaim, mintOf, promptOf } from '#service/chain/generated-digit.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'

interface FixtureChain {
  readonly chainId: number
  readonly verifier: Address
  readonly deployer: Address
}

const side = { small: 4, real: 28 }
const minter: Address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const rival: Address = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'

/**
 * Makes generated.json: proofs of a circuit for pictures of 4 × 4 pixels, and some of the real generator, for
 * contracts that the deployer creates at nonces 2 (small), 3 (real) and 4 (a minter that is a contract).
 */
export async function makeGeneratedFixtures(
  folder: string,
  fixtures: string,
  chain: FixtureChain,
): Promise<void> {
  const created = (nonce: bigint) => getContractAddress({ from: chain.deployer, nonce })
  const [small, real, receiver] = [created(2n), created(3n), created(4n)]
  const fixture = {
    deployer: chain.deployer,
    minter,
    rival,
    small: { address: small, ...(await smallProofs(folder, fixtures, chain, { small, real, receiver })) },
    real: { address: real, ...(await realProofs(chain, real)) },
    receiver,
  }
  writeFileSync(`${fixtures}/generated.json`, `${JSON.stringify(fixture, null, 1)}\n`)
}

async function smallProofs(
  folder: string,
  fixtures: string,
  chain: FixtureChain,
  { small, real, receiver }: Readonly<Record<'small' | 'real' | 'receiver', Address>>,
) {
  execFileSync('npx', ['circom2', `${fixtures}/picture.circom`, '--r1cs', '--wasm', '-o', folder], {
    stdio: 'inherit',
  })
  const r1cs = readR1cs(readFileSync(join(folder, 'picture.r1cs')))
  const [model, otherModel] = [await developmentSetup(r1cs), await developmentSetup(r1cs)]
  const prove = async (
    latent: readonly number[],
    change: { minter?: Address; requester?: Address; chainId?: number; zkey?: Uint8Array } = {},
  ) => {
    const claim = claimOf(change.minter ?? minter, latent)
    const binding = { requester: change.requester ?? small, nonce: BigInt(claimIdOf(claim)) }
    const context = contextOf({ ...chain, ...binding, chainId: change.chainId ?? chain.chainId })
    const pixels = Array.from({ length: side.small ** 2 }, (_, k) => (latent[k % 8]! * (k + 1)) & 0xff)
    const result: ProofWithSignals = await snarkjs.groth16.fullProve(
      { latent: [...latent], pixels, context },
      join(folder, 'picture_js', 'picture.wasm'),
      change.zkey ?? model.zkey,
    )
    return mintFixture(encodeProofCalldata({ ...result, ...binding }), claim, side.small)
  }
  const [first, second, third] = [
    [0, 1, 127, 128, 254, 255, 171, 205],
    [9, 8, 7, 6, 5, 4, 3, 2],
    [33, 44, 55, 66, 77, 88, 99, 111],
  ] as const
  const mint = await prove(first)
  return {
    key: keyOf(model.verificationKey),
    otherKey: keyOf(otherModel.verificationKey),
    mints: [mint, await prove(second), await prove(third)],
    rival: await prove(first, { minter: rival }),
    otherChain: await prove(first, { chainId: 1 }),
    otherContract: await prove(first, { requester: real }),
    otherModel: await prove(first, { zkey: otherModel.zkey }),
    receiver: [await prove(first, { minter: receiver }), await prove(second, { minter: receiver })],
    rerandomised: { ...mint, proof: rerandomise(mint.proof) },
  }
}

async function realProofs(chain: FixtureChain, requester: Address) {
  const source = await readProjectModel('digit-generator')
  const bundle = await ensureBundle(source, undefined, 'public')
  const prover = createProver()
  const prove = async (row: number) => {
    const inputs = datasetRow(source.test, row)
    const [lanes] = inputLanes(bundle.model, quantiseInputs(bundle.model, inputs).integers)
    const claim = claimOf(minter, lanes!)
    const context = { ...chain, requester, nonce: BigInt(claimIdOf(claim)) }
    const proven = await proveInference(bundle, prover, inputs, { context })
    return mintFixture(encodeProofCalldata({ ...proven, ...context }), claim, side.real)
  }
  try {
    return {
      key: keyOf(bundle.verificationKey),
      mints: [await prove(0), await prove(1), await prove(2), await prove(450)],
    }
  } finally {
    await prover.close()
  }
}

function claimOf(to: Address, latent: ArrayLike<number>): DigitClaim {
  return { minter: to, prompt: promptOf(latent), salt: keccak256(stringToHex('salt of a fixture')) }
}

function mintFixture(inference: Parameters<typeof mintOf>[0], claim: DigitClaim, width: number) {
  const { prompt, picture, proof } = mintOf(inference, claim, width ** 2)
  return { prompt, picture: bytesToHex(picture), proof, claimId: claimIdOf(claim) }
}

/** The same proof in other points. */
function rerandomise(proof: `0x${string}`): `0x${string}` {
  const words = Array.from({ length: 10 }, (_, i) => `0x${proof.slice(2 + 64 * i, 66 + 64 * i)}`)
  const points = randomisedAgain(words.slice(0, 8))
  return `0x${[...points, ...words.slice(8)].map((word) => word.slice(2)).join('')}`
}

function keyOf(verificationKey: VerificationKey): string {
  return bytesToHex(encodeVerificationKey(verificationKey))
}
