import { type Address, getAddress } from 'viem'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { proveInference } from '#prover/prove.js'
import type { Prover } from '#prover/prover.js'
import type { ChainWriter } from '#service/chain/connect-chain.js'
import { encodeFulfilment, fulfilmentNonce } from '#service/chain/encode-fulfilment.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { fulfilInference } from '#service/chain/fulfil-inference.js'
import { requestInference } from '#service/chain/request-inference.js'
import { testRow } from '#service/demo/act.js'
import type { ModelSource } from '#service/demo/project-models.js'

const fee = 10n ** 15n

/**
 * Asks the oracle for the family's current version, whichever that is, and has the answer proven.
 *
 * @param bundle what the current version is expected to be
 * @returns the version that answered
 */
export async function askCurrent(
  {
    chain,
    oracle,
    verifier,
  }: { readonly chain: ChainWriter; readonly oracle: Address; readonly verifier: Address },
  modelId: bigint,
  { bundle, source, row }: { bundle: Bundle; source: ModelSource; row: number },
  prover: Prover,
): Promise<number> {
  const inputs = new Map([[bundle.model.inputs[0]!.name, testRow(source, row)]])
  const input = packInputs(bundle.model, quantiseInputs(bundle.model, inputs).integers)
  const { timestamp } = await chain.client.getBlock()
  const question = { oracle, modelId, input, maxFee: fee, deadline: Number(timestamp) + 3600 }
  const { requestId, version } = await requestInference(chain, question)
  const terms = { requestId, payee: getAddress(chain.account.address), fee }
  const binding = { requester: oracle, nonce: fulfilmentNonce(terms) }
  const context = { chainId: chain.chainId, verifier, ...binding }
  const proven = await proveInference(bundle, prover, inputs, { context })
  const fulfilment = encodeFulfilment(terms, encodeProofCalldata({ ...proven, ...binding }))
  await fulfilInference(chain, { oracle, fulfilment })
  return version
}
