import { getAbiItem, toFunctionSelector, toFunctionSignature } from 'viem'
import { laneBits, lanesPerSignal } from '#circuits/analyse/account.js'
import { sizeOf } from '#circuits/graph/graph.js'
import { inferenceVerifierAbi as abi } from '#contracts/generated/InferenceVerifier.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import { encodeArchitecture, encodePublication } from '#service/chain/encode-publication.js'
import { publishedOf } from '#service/chain/registration-of.js'
import { hashesOf } from '#service/http/schemas/model.js'
import type { ModelSolidity } from '#service/http/schemas/model-solidity.js'

const struct = 'struct Inference { uint256[8] proof; uint256[] statement; address requester; uint256 nonce; }'

const functions = (['verify', 'certify', 'consume'] as const).map((name) => {
  const item = getAbiItem({ abi, name })
  return { name, signature: toFunctionSignature(item), selector: toFunctionSelector(item) }
})

/** How contracts take proofs of a model, and how the model is published for them. @throws ZkserveError `INVALID_KEY` */
export function solidityOf(bundle: Bundle): ModelSolidity {
  const published = publishedOf(bundle)
  const { functionName, commitment, terms, key, architectureId, data } = encodePublication(published)
  const { weights } = published
  return {
    model: hashesOf(bundle),
    struct,
    functions,
    proof: ['A.x', 'A.y', 'B.x.c1', 'B.x.c0', 'B.y.c1', 'B.y.c0', 'C.x', 'C.y'],
    statement: bundle.manifest.publicSignals.slice(0, -1).map((signal) => ({ ...signal })),
    outputs: outputsOf(bundle.manifest),
    lanes: { bits: laneBits, perWord: lanesPerSignal },
    registration: {
      function: functionName,
      commitment,
      terms,
      key,
      calldata: data,
      architecture:
        weights === undefined || architectureId === null
          ? null
          : { id: architectureId, calldata: encodeArchitecture(weights.architectureKey) },
    },
  }
}

/** Outputs follow each other through the lanes of the words after the inputs'. */
function outputsOf({ publicSignals, outputs }: Manifest): ModelSolidity['outputs'] {
  const begin = publicSignals.findIndex(({ kind }) => kind === 'output')
  let first = 0
  return outputs.map(({ name, shape, scale }) => {
    const elements = sizeOf(shape)
    const place = { word: begin + Math.floor(first / lanesPerSignal), lane: first % lanesPerSignal }
    first += elements
    return { name, ...place, elements, scale }
  })
}
