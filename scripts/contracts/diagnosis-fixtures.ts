import { writeFileSync } from 'node:fs'
import { type Address, bytesToHex, getContractAddress, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { createProver } from '#prover/backends/create-prover.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { proveInference } from '#prover/prove.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { type Consent, consentIdOf } from '#scripts/examples/diagnosis/consent.js'
import { ensureDiagnosisBundle, readDiagnosisModel } from '#scripts/examples/diagnosis/model.js'
import { commitRecord, findPatient, type PatientRecord } from '#scripts/examples/diagnosis/record.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'

const patientKey = '0x0000000000000000000000000000000000000000000000000000000000009a71'
const clinic: Address = '0x000000000000000000000000000000000000c11c'
const deadline = 1_800_086_400

/**
 * Makes diagnosis.json: proofs of the real model about two records, for a contract that the deployer creates at
 * nonce 2, and for other chains, contracts and records.
 */
export async function makeDiagnosisFixtures(
  fixtures: string,
  chain: { readonly chainId: number; readonly verifier: Address; readonly deployer: Address },
): Promise<void> {
  const source = await readDiagnosisModel()
  const bundle = await ensureDiagnosisBundle(source)
  const prover = createProver()
  const diagnosis = getContractAddress({ from: chain.deployer, nonce: 2n })
  const patient = privateKeyToAccount(patientKey).address
  const consentTo = ({ commitment }: PatientRecord): Consent => ({
    ...{ record: commitment, patient, clinic, deadline },
    number: 0n,
  })
  const prove = async (
    { features, salt }: PatientRecord,
    consentId: Hex,
    elsewhere: { readonly chainId?: number; readonly requester?: Address } = {},
  ) => {
    const nonce = BigInt(consentId)
    const context = { ...chain, requester: diagnosis, nonce, ...elsewhere }
    const inputs = new Map([[bundle.model.inputs[0]!.name, features]])
    const proven = await proveInference(bundle, prover, inputs, { context, salt })
    const { proof, statement, requester } = encodeProofCalldata({ ...proven, ...context })
    return { proof: proof.map(hexWord), statement: statement.map(hexWord), requester, nonce: hexWord(nonce) }
  }
  try {
    const above = await commitRecord(bundle, findPatient(bundle, source, true), 11n)
    const below = await commitRecord(bundle, findPatient(bundle, source, false), 12n)
    const [toAbove, toBelow] = [above, below].map((record) =>
      consentIdOf({ chainId: chain.chainId, diagnosis }, consentTo(record)),
    ) as [Hex, Hex]
    const fixture = {
      ...{ deployer: chain.deployer, diagnosis, patientKey, clinic, deadline },
      key: bytesToHex(encodeVerificationKey(bundle.verificationKey)),
      above: await prove(above, toAbove),
      below: await prove(below, toBelow),
      otherRecord: await prove(below, toAbove),
      otherChain: await prove(above, toAbove, { chainId: 1 }),
      otherContract: await prove(above, toAbove, { requester: clinic }),
    }
    writeFileSync(`${fixtures}/diagnosis.json`, `${JSON.stringify(fixture, null, 1)}\n`)
  } finally {
    await prover.close()
  }
}
