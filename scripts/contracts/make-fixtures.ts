// Makes proofs.json, committed.json, oracle.json and the others in verifier-contracts/test/fixtures: real keys and
// proofs for the contract tests, most of them of tiny circuits. Run by `npm run contracts:fixtures`, with the names of
// files (`-- committed oracle`) for these alone; a new run makes new keys, and the gas snapshot may move by a few units.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as snarkjs from 'snarkjs'
import { type Address, bytesToHex, zeroAddress } from 'viem'
import { contextOf } from '#prover/context.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { makeAgentsFixtures } from '#scripts/contracts/agents-fixtures.js'
import { makeCommittedFixtures } from '#scripts/contracts/committed-fixtures.js'
import { makeDiagnosisFixtures } from '#scripts/contracts/diagnosis-fixtures.js'
import { makeEvaluationFixtures } from '#scripts/contracts/evaluation-fixtures.js'
import { makeFederatedFixtures } from '#scripts/contracts/federated-fixtures.js'
import { hexWord, randomisedAgain, twistPointOutsideSubgroup } from '#scripts/contracts/fixture-points.js'
import { makeGeneratedFixtures } from '#scripts/contracts/generated-fixtures.js'
import { makeGovernanceFixtures } from '#scripts/contracts/governance-fixtures.js'
import { type FixtureKey as Key, makeOracleFixtures } from '#scripts/contracts/oracle-fixtures.js'
import { makePaymentsFixtures } from '#scripts/contracts/payments-fixtures.js'
import { makePoolFixtures } from '#scripts/contracts/pool-fixtures.js'
import { makeTraceFixtures } from '#scripts/contracts/trace-fixtures.js'
import { makeVaultFixtures } from '#scripts/contracts/vault-fixtures.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'

const fixtures = 'verifier-contracts/test/fixtures'

/** Accounts and contracts of a fresh anvil whose first account deploys: addresses depend on nothing else. */
const chain = {
  chainId: 31337,
  deployer: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  consumer: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  registry: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  verifier: '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512',
  /** Created at nonce 3: the registration of the model is the transaction between. */
  provenDigit: '0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9',
} as const

const folder = mkdtempSync(join(tmpdir(), 'zkserve-fixtures-'))
try {
  const named = process.argv.slice(2)
  const wanted = (name: string) => named.length === 0 || named.includes(name)
  if (wanted('proofs')) await makeProofs()
  if (wanted('committed')) await makeCommittedFixtures(folder, fixtures, chain)
  if (wanted('oracle')) await makeOracle()
  if (wanted('evaluations')) await makeEvaluationFixtures(folder, fixtures, chain)
  if (wanted('generated')) await makeGeneratedFixtures(folder, fixtures, chain)
  if (wanted('diagnosis')) await makeDiagnosisFixtures(fixtures, chain)
  if (wanted('agents')) await makeAgents()
  if (wanted('governance')) await makeGovernanceFixtures(folder, fixtures, chain)
  if (wanted('pool'))
    await makePoolFixtures(folder, fixtures, await contribute(await makeKey(), 'pool'), chain)
  if (wanted('federated')) await makeFederatedFixtures(fixtures, chain)
  if (wanted('payments')) await makePaymentsFixtures(fixtures, chain)
  if (wanted('trace')) await makeTraceFixtures(fixtures, chain)
  if (wanted('vault')) await makeVaultFixtures(fixtures, chain)
} finally {
  rmSync(folder, { recursive: true })
  await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate()
}

async function makeOracle(): Promise<void> {
  const untouched = await makeKey()
  const [key, otherKey] = [await contribute(untouched, 'oracle'), await contribute(untouched, 'other oracle')]
  await makeOracleFixtures(folder, fixtures, { key, otherKey }, chain)
}

async function makeAgents(): Promise<void> {
  const untouched = await makeKey()
  const [key, otherKey] = [await contribute(untouched, 'agents'), await contribute(untouched, 'other agents')]
  await makeAgentsFixtures(folder, fixtures, { key, otherKey }, chain)
}

async function makeProofs(): Promise<void> {
  const untouched = await makeKey()
  const model = await contribute(untouched, 'model')
  const otherModel = await contribute(untouched, 'other')
  const consumer = await prove(model, chain.consumer, 0, 7)
  const proofs = {
    consumer: [consumer],
    provenDigit: [await prove(model, chain.provenDigit, 0, 3), await prove(model, chain.provenDigit, 1, 9)],
    bearer: [await prove(model, zeroAddress, 5, 4)],
    otherModel: [await prove(otherModel, chain.consumer, 0, 7)],
    otherChain: [await prove(model, chain.consumer, 0, 7, { chainId: 1 })],
    otherVerifier: [await prove(model, chain.consumer, 0, 7, { verifier: chain.registry })],
    rerandomised: [{ ...consumer, proof: randomisedAgain(consumer.proof) }],
  }
  for (let nonce = 1; nonce < 34; nonce++) {
    proofs.consumer.push(await prove(model, chain.consumer, nonce, nonce % 10))
  }
  const keys = {
    model: keyHex(model),
    otherModel: keyHex(otherModel),
    untouched: keyHex(untouched),
  }
  const outsideSubgroup = twistPointOutsideSubgroup()
  writeFileSync(
    `${fixtures}/proofs.json`,
    `${JSON.stringify({ ...chain, keys, outsideSubgroup, verificationKey: model.vk, proofs }, null, 1)}\n`,
  )
}

function keyHex(key: Key): string {
  return bytesToHex(encodeVerificationKey(key.vk))
}

/** Compiles the circuit and makes a key as it stands before any phase-2 contribution: gamma = delta. */
async function makeKey(): Promise<Key> {
  execFileSync('npx', ['circom2', `${fixtures}/digit.circom`, '--r1cs', '--wasm', '-o', folder], {
    stdio: 'inherit',
  })
  const at = (name: string): string => join(folder, name)
  const curve = await snarkjs.curves.getCurveFromName('bn128')
  await snarkjs.powersOfTau.newAccumulator(curve, 8, at('0.ptau'))
  await snarkjs.powersOfTau.contribute(at('0.ptau'), at('1.ptau'), 'one', 'fixture entropy')
  await snarkjs.powersOfTau.preparePhase2(at('1.ptau'), at('2.ptau'))
  await snarkjs.zKey.newZKey(at('digit.r1cs'), at('2.ptau'), at('untouched.zkey'))
  return { zkey: at('untouched.zkey'), vk: await snarkjs.zKey.exportVerificationKey(at('untouched.zkey')) }
}

async function contribute(key: Key, name: string): Promise<Key> {
  const zkey = join(folder, `${name}.zkey`)
  await snarkjs.zKey.contribute(key.zkey, zkey, name, `entropy of ${name}`)
  return { zkey, vk: await snarkjs.zKey.exportVerificationKey(zkey) }
}

/** A proof that the circuit's ten outputs single out a digit, some of them negative and one a tie. */
async function prove(
  key: Key,
  requester: Address,
  nonce: number,
  digit: number,
  elsewhere: { readonly chainId?: number; readonly verifier?: string } = {},
) {
  const logits = Array.from({ length: 10 }, (_, k) =>
    k === digit ? 4711 : -1000 - 37 * ((k * 7 + nonce) % 11),
  )
  if (digit < 9) logits[9] = 4711
  const context = contextOf({
    chainId: chain.chainId,
    verifier: chain.verifier,
    requester,
    nonce,
    ...elsewhere,
  })
  const input = {
    logits: logits.map((value) => String(value >>> 0)),
    salt: 123456789n + BigInt(nonce),
    context,
  }
  const result: ProofWithSignals = await snarkjs.groth16.fullProve(
    input,
    join(folder, 'digit_js', 'digit.wasm'),
    key.zkey,
  )
  const { proof, statement } = encodeProofCalldata({ ...result, requester, nonce: BigInt(nonce) })
  return {
    proof: proof.map(hexWord),
    statement: statement.map(hexWord),
    requester,
    nonce,
    digit,
    snarkjs: nonce === 0 ? result : undefined,
  }
}
