import { writeFileSync } from 'node:fs'
import { type Address, bytesToHex, getContractAddress } from 'viem'
import type { RoundRules } from '#circuits/federated/rules.js'
import { createProver } from '#prover/backends/create-prover.js'
import { buildRoundCircuit } from '#prover/federated/circuit.js'
import { commitUpdate, commitWeights, openingOf, type UpdateOpening } from '#prover/federated/commitments.js'
import { proveRound } from '#prover/federated/prove-round.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { hexWord, randomisedAgain } from '#scripts/contracts/fixture-points.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { poseidonCode } from '#service/chain/federated/deploy-poseidon.js'

const rules: RoundRules = { members: 3, size: 20, updateBits: 15, clipBits: 8, weightBits: 20 }

/** Updates of seven words, whose commitments take three permutations. */
const long: RoundRules = { ...rules, size: 100 }

/** What a proof is made of, where it is not the usual. */
interface Change {
  readonly slots?: readonly number[]
  readonly roundId?: bigint
  readonly chainId?: number
  readonly requester?: Address
}

/**
 * Makes federated.json: a federation of three, with updates of 20 coordinates, that the deployer creates at nonce 4;
 * round 0 with and without its third member, and round 1 upon the first.
 */
export async function makeFederatedFixtures(
  fixtures: string,
  chain: { readonly chainId: number; readonly verifier: Address; readonly deployer: Address },
): Promise<void> {
  const circuit = await buildRoundCircuit(rules)
  const other = await buildRoundCircuit(rules)
  const rounds = getContractAddress({ from: chain.deployer, nonce: 4n })
  const before = { weights: Array.from({ length: rules.size }, (_, i) => 50_000 * i - 500_000), salt: 11n }
  const updates = [0, 1, 2].map((m) =>
    openingOf(
      rules,
      Array.from({ length: rules.size }, (_, i) => (m === 2 ? 16_000 : 37 * m - 11 * i + 5)),
      1000n + BigInt(m),
    ),
  )
  const base = await commitWeights(rules, before)
  const prover = createProver()
  const prove = async (
    by: typeof circuit,
    { slots = [0, 1, 2], roundId = 0n, ...elsewhere }: Change = {},
  ) => {
    const openings = {
      before,
      updates: updates.map((own, m) => (slots.includes(m) ? own : null)),
      nextSalt: 77n,
    }
    const binding = { ...chain, requester: rounds, nonce: roundId, ...elsewhere }
    const proven = await proveRound(by, prover, openings, binding)
    const { proof } = encodeProofCalldata({ ...proven, ...binding })
    return { next: hexWord(proven.next), proof: proof.map(hexWord) }
  }
  /** A word with more lanes than an update has, committed to in earnest. */
  const malformed: UpdateOpening = { salt: 5n, words: [updates[1]!.words[0]!, 1n << 60n] }
  try {
    const all = await prove(circuit)
    const fixture = {
      deployer: chain.deployer,
      rounds,
      rules,
      poseidon: await poseidonCode(),
      key: bytesToHex(encodeVerificationKey(circuit.verificationKey)),
      base: hexWord(base),
      members: await Promise.all(updates.map((opening, m) => openingFixture(m, base, opening))),
      long: await openingFixture(2, base, openingOf(long, Array(long.size).fill(-300), 9n), long),
      malformed: await openingFixture(1, base, malformed),
      all,
      rerandomised: { next: all.next, proof: randomisedAgain(all.proof) },
      firstTwo: await prove(circuit, { slots: [0, 1] }),
      first: await prove(circuit, { slots: [0] }),
      otherRound: await prove(circuit, { roundId: 1n }),
      otherChain: await prove(circuit, { chainId: 1 }),
      otherContract: await prove(circuit, { requester: chain.verifier }),
      otherModel: await prove(other),
    }
    writeFileSync(`${fixtures}/federated.json`, `${JSON.stringify(fixture, null, 1)}\n`)
  } finally {
    await prover.close()
  }
}

async function openingFixture(slot: number, base: bigint, opening: UpdateOpening, of: RoundRules = rules) {
  return {
    commitment: hexWord(await commitUpdate(of, slot, base, opening)),
    salt: hexWord(opening.salt),
    words: opening.words.map(hexWord),
  }
}
