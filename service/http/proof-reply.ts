import type { Bundle } from '#prover/bundle/load.js'
import { contextOf } from '#prover/context.js'
import { proofFileOf } from '#prover/verify.js'
import { calldataOf } from '#service/http/calldata.js'
import type { ProofReply } from '#service/http/schemas/inference.js'
import { hashesOf } from '#service/http/schemas/model.js'
import type { Registration } from '#service/models/registrations.js'
import type { PooledProof } from '#service/pool/messages.js'
import type { Receipt } from '#service/receipts/receipt.js'

/** A proven inference as it is sent: JSON alone, and a proof file that `zkserve verify` reads. */
export function proofReply(
  bundle: Bundle,
  proven: PooledProof,
  registration: Registration | null,
  receipt: Receipt | null,
): ProofReply {
  const { proof, publicSignals, context } = proofFileOf(bundle, proven)
  return {
    model: hashesOf(bundle),
    outputs: proven.outputs,
    integers: proven.integers,
    label: proven.label,
    labels: proven.labels,
    saturated: proven.saturated,
    proof,
    publicSignals: [...publicSignals],
    context: { ...context, value: contextOf(proven.context).toString() },
    calldata: calldataOf(proven, registration),
    inputCommitment: proven.inputCommitment,
    receipt,
    salt: proven.salt,
    backend: proven.backend,
    timings: proven.timings,
  }
}
