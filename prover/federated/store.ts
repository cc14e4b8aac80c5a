/** Circuits of rounds on disk: what the coordinator proves with. Nothing in it is secret. */
import { emitRound } from '#circuits/federated/emit.js'
import type { RoundRules } from '#circuits/federated/rules.js'
import { corruptFolder, readKeyedFolder, writeKeyedFolder } from '#prover/bundle/keyed-folder.js'
import type { RoundCircuit } from '#prover/federated/circuit.js'
import type { VerificationKey } from '#prover/groth16.js'
import { lintVerificationKey } from '#prover/key/lint.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'

const schema = 'zkserve/round-circuit/1'
const fileNames = ['circuit.circom', 'circuit.wasm', 'proving.zkey'] as const

/** Writes a circuit to a new folder. @throws ZkserveError `BUNDLE_EXISTS`, `FILE_NOT_FOUND` */
export async function writeRoundCircuit(dir: string, circuit: RoundCircuit): Promise<void> {
  const { rules, constraints, circuitHash, verificationKey, source, wasm, zkey } = circuit
  await writeKeyedFolder(dir, schema, {
    facts: { rules, constraints, circuitHash, verificationKey },
    files: {
      'circuit.circom': new TextEncoder().encode(source),
      'circuit.wasm': wasm,
      'proving.zkey': zkey,
    },
  })
}

/**
 * Reads a circuit, and compares its text with that which its rules make.
 * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`, `INVALID_CIRCUIT`, `INVALID_KEY`
 */
export async function readRoundCircuit(dir: string): Promise<RoundCircuit> {
  const { facts, files } = await readKeyedFolder(dir, schema, fileNames)
  const { constraints, circuitHash } = facts
  if (!Number.isSafeInteger(constraints) || typeof circuitHash !== 'string' || !isObject(facts.rules))
    throw corruptFolder(dir, 'its facts are not whole')
  const { members, size, updateBits, clipBits, weightBits } = facts.rules as unknown as RoundRules
  const rules = { members, size, updateBits, clipBits, weightBits }
  const source = new TextDecoder().decode(files['circuit.circom'])
  if (source !== emitRound(rules)) throw corruptFolder(dir, 'its circuit is not that of its rules')
  const verificationKey = facts.verificationKey as VerificationKey
  // Weights before, a commitment of each member, weights after, context.
  lintVerificationKey(verificationKey, { publicCount: members + 3 })
  return {
    ...{ rules, source, constraints: constraints as number, circuitHash, verificationKey },
    wasm: files['circuit.wasm'],
    zkey: files['proving.zkey'],
    calculator: await WitnessCalculator.load(files['circuit.wasm']),
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
