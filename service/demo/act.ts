import { type Address, type Hex, toHex } from 'viem'
import { datasetRow } from '#circuits/data/dataset.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { commitInputs, drawSalt } from '#prover/inference/commitment.js'
import { encodeProofCalldata, type Inference } from '#service/chain/encode-proof-calldata.js'
import { requestDigit } from '#service/chain/request-digit.js'
import { askProof } from '#service/demo/client.js'
import type { ModelSource } from '#service/demo/project-models.js'
import type { Stage } from '#service/demo/stage.js'
import type { ProofReply } from '#service/http/schemas/inference.js'

/** One row of a model's test data, as its only input. */
export function testRow(source: ModelSource, row: number): FloatTensor {
  return datasetRow(source.test, row).get(source.graph.inputs[0]!.name)!
}

/** An open request on chain for a picture that the chain knows by its commitment alone. */
export interface PictureRequest {
  readonly nonce: bigint
  readonly salt: bigint
  readonly gasUsed: bigint
}

/** Commits to a picture and asks a ProvenDigit for its class. */
export async function requestPicture(
  stage: Stage,
  provenDigit: Address,
  bundle: Bundle,
  picture: FloatTensor,
): Promise<PictureRequest> {
  const salt = drawSalt()
  const name = bundle.model.inputs[0]!.name
  const { integers } = quantiseInputs(bundle.model, new Map([[name, picture]]))
  const inputCommitment: Hex = toHex(await commitInputs(bundle.model, integers, salt), { size: 32 })
  const { nonce, transaction } = await requestDigit(stage.chain, { provenDigit, inputCommitment })
  return { nonce, salt, gasUsed: transaction.gasUsed }
}

/** Has the service prove an answer for a consumer's request. */
export async function proveFor(
  stage: Stage,
  requester: Address,
  bundle: Bundle,
  picture: FloatTensor,
  { nonce, salt }: Pick<PictureRequest, 'nonce' | 'salt'>,
): Promise<{ readonly reply: ProofReply; readonly inference: Inference }> {
  const reply = await askProof(stage.url, picture, { model: bundle.manifest.vkHash, requester, nonce, salt })
  const { proof, publicSignals } = reply
  return { reply, inference: encodeProofCalldata({ proof, publicSignals, requester, nonce }) }
}
