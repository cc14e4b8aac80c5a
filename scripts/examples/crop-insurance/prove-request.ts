import { getAddress } from 'viem'
import { inferenceOracleAbi } from '#contracts/generated/InferenceOracle.js'
import type { Bundle } from '#prover/bundle/load.js'
import { unpackFeatures } from '#scripts/examples/crop-insurance/features.js'
import type { Season } from '#scripts/examples/crop-insurance/stage.js'
import { encodeFulfilment, type Fulfilment, fulfilmentNonce } from '#service/chain/encode-fulfilment.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { askProof } from '#service/demo/client.js'

/**
 * Proves the answer to a request, knowing nothing but what stands on chain: the input is read off the oracle's event.
 *
 * @returns the answer, for the whole fee and the prover's account; and the probability that it says
 */
export async function proveRequest(
  season: Season,
  bundle: Bundle,
  requestId: bigint,
): Promise<{ readonly fulfilment: Fulfilment; readonly probability: number }> {
  const { chain, oracle, url, prover } = season
  const [requested] = await chain.client.getContractEvents({
    address: oracle,
    abi: inferenceOracleAbi,
    eventName: 'InferenceRequested',
    args: { requestId },
    fromBlock: 0n,
    strict: true,
  })
  const { input, maxFee: fee } = requested!.args
  const terms = { requestId, payee: getAddress(prover.account.address), fee }
  const nonce = fulfilmentNonce(terms)
  const features = unpackFeatures(bundle, input)
  const reply = await askProof(url, features, { model: bundle.manifest.vkHash, requester: oracle, nonce })
  const { proof, publicSignals } = reply
  const inference = encodeProofCalldata({ proof, publicSignals, requester: oracle, nonce })
  return {
    fulfilment: encodeFulfilment(terms, inference),
    probability: Object.values(reply.outputs)[0]![0]!,
  }
}
