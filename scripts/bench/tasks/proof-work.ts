import { readFile } from 'node:fs/promises'
import { fieldBytes } from '#prover/curve/bn254.js'
import type { VerificationKey } from '#prover/groth16.js'
import { readZkeySizes, verificationKeyFromZkey, type ZkeySizes } from '#prover/key/from-zkey.js'
import { g1Bytes, zkeyKind, zkeySection } from '#prover/key/zkey-format.js'
import { readSections, requiredSection } from '#prover/r1cs/container.js'
import { readWitness } from '#prover/r1cs/witness.js'
import type { ProofWork } from '#scripts/bench/prover/count.js'
import { type ScalarKinds, scalarKinds } from '#scripts/bench/prover/scalar-kinds.js'
import { type Subject, witnessSource } from '#scripts/bench/prover/subject.js'

export interface ProofWorkReply {
  readonly sizes: ZkeySizes
  readonly verificationKey: VerificationKey
  /** Of the whole witness. */
  readonly scalars: ScalarKinds
  readonly work: ProofWork
}

/** What a proof of a subject's first witness has to do. */
export async function readProofWork(subject: Subject): Promise<ProofWorkReply> {
  const zkey = await readFile(subject.zkey.path)
  const values = readWitness(await (await witnessSource(subject, 'plan'))(0))
  const sizes = readZkeySizes(zkey)
  const sections = readSections(zkey, zkeyKind)
  const kinds = (section: number, scalars: Uint8Array): ScalarKinds => {
    const points = requiredSection(sections, section, zkeyKind)
    const isNeutral = (index: number) =>
      points.subarray(index * g1Bytes, (index + 1) * g1Bytes).every((byte) => byte === 0)
    return scalarKinds(scalars, (index) => !isNeutral(index))
  }
  return {
    sizes,
    verificationKey: verificationKeyFromZkey(zkey),
    scalars: scalarKinds(values),
    work: {
      domain: sizes.domainSize,
      vectors: subject.zkey.quotient === undefined ? 3 : 2,
      a: kinds(zkeySection.a, values),
      b: kinds(zkeySection.b1, values),
      c: kinds(zkeySection.c, values.subarray((sizes.publicCount + 1) * fieldBytes)),
    },
  }
}
