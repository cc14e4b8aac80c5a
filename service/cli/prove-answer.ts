import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { ProvenInference } from '#prover/prove.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'
import type { VersionFlag } from '#service/cli/chain-options.js'
import { requireModel } from '#service/cli/question-options.js'
import type { ProvableInput } from '#service/oracle/read-input.js'

/** A request that waits for an answer. */
export interface AskedRequest extends VersionFlag {
  readonly registry: Address
  readonly input: readonly bigint[]
  readonly data: Hex
}

/** What its proof is made for. */
export interface ProofPurpose {
  readonly verifier: Address
  /** The contract that asks. */
  readonly requester: Address
  readonly nonce: bigint
}

/** What of the person who answers is needed. */
export interface AnswerFlags {
  readonly bundle: string
  readonly opening?: string
}

/** What an answer is proven with. */
export interface ReadyAnswer {
  readonly bundle: Bundle
  readonly input: ProvableInput
}

/**
 * Looks whether a request can be answered with a bundle that is here.
 *
 * @throws ZkserveError `USAGE` for another model's bundle; `INVALID_INPUT` where the input is not known, or is none;
 *   `CHAIN_REJECTED` for a revoked version
 */
export async function prepareAnswer(
  chain: ChainReader,
  request: AskedRequest,
  flags: AnswerFlags,
): Promise<ReadyAnswer> {
  const { loadBundle } = await import('#prover/bundle/load.js')
  const { readModel } = await import('#service/chain/read-model.js')
  const { readJson } = await import('#service/cli/files.js')
  const { parseOpening } = await import('#service/oracle/opening-file.js')
  const { decodeOpening, readInput } = await import('#service/oracle/read-input.js')
  const { modelId, version } = request
  const registered = await readModel(chain, request)
  if (registered.status === 'revoked')
    throw new ZkserveError('CHAIN_REJECTED', `version ${version} of model ${modelId} is revoked`, {
      hints: ['No answer of it is accepted any more; the request can be refunded.'],
      details: { reason: 'VersionRefused_Revoked' },
    })
  const bundle = await loadBundle(flags.bundle)
  requireModel(registered, bundle.manifest, request)
  const opening =
    flags.opening === undefined
      ? decodeOpening(request.data)
      : parseOpening(await readJson(flags.opening, 'INVALID_INPUT'))
  const input = await readInput(bundle, request, opening)
  if (typeof input === 'string') throw unreadable(input)
  return { bundle, input }
}

/** Proves the answer to a request. @throws ZkserveError as {@link prepareAnswer}; `PROVING_FAILED` */
export async function proveAnswer(
  chain: ChainReader,
  request: AskedRequest & ProofPurpose,
  flags: AnswerFlags,
): Promise<{ readonly proven: ProvenInference; readonly inference: Inference }> {
  const { proveInference } = await import('#prover/prove.js')
  const { encodeProofCalldata } = await import('#service/chain/encode-proof-calldata.js')
  const { withProver } = await import('#service/cli/with-prover.js')
  const { bundle, input } = await prepareAnswer(chain, request, flags)
  const { requester, nonce, verifier } = request
  const context = { chainId: BigInt(chain.chainId), verifier, requester, nonce }
  const salt = input.salt === undefined ? {} : { salt: input.salt }
  const proven = await withProver('auto', (prover) =>
    proveInference(bundle, prover, input.inputs, { context, ...salt }),
  )
  return { proven, inference: encodeProofCalldata({ ...proven, requester, nonce }) }
}

function unreadable(reason: 'NO_OPENING' | 'INPUT_INVALID'): ZkserveError {
  if (reason === 'INPUT_INVALID')
    return new ZkserveError('INVALID_INPUT', 'what is asked about is no input of this model', {
      hints: ['Nobody can answer; the fee goes back after the deadline.'],
    })
  return new ZkserveError(
    'INVALID_INPUT',
    'the input is hidden behind a commitment that nothing here opens',
    {
      hints: ['Give the file with --opening that its asker wrote.'],
    },
  )
}
