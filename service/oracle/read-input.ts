import { decodeAbiParameters, encodeAbiParameters, type Hex } from 'viem'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { commitInputs } from '#prover/inference/commitment.js'
import { unpackInputs } from '#prover/inference/unpack-inputs.js'
import type { OracleRequest } from '#service/oracle/oracle-request.js'

/** What opens a commitment. */
export interface Opening {
  readonly salt: bigint
  /** The input's integers, packed as public inputs are. */
  readonly words: readonly bigint[]
}

/** What a proof takes. */
export interface ProvableInput {
  readonly inputs: ReadonlyMap<string, FloatTensor>
  /** Where the model's inputs are hashed. */
  readonly salt?: bigint
}

const openingAbi = [{ type: 'uint256' }, { type: 'uint256[]' }] as const

/** An opening as `data` of a request: `abi.encode(salt, words)`. Whoever writes it there makes the input public. */
export function encodeOpening({ salt, words }: Opening): Hex {
  return encodeAbiParameters(openingAbi, [salt, [...words]])
}

/** The opening in a request's `data`; null where there is none. */
export function decodeOpening(data: Hex): Opening | null {
  if (data.length < 2 + 64 * 3) return null
  try {
    const [salt, words] = decodeAbiParameters(openingAbi, data)
    return { salt, words }
  } catch {
    return null
  }
}

/**
 * The input that a request asks about; `NO_OPENING` where it is hidden behind a commitment that `opening` does not
 * open, `INPUT_INVALID` where it is none of the model's.
 */
export async function readInput(
  { model, manifest }: Pick<Bundle, 'model' | 'manifest'>,
  { input }: Pick<OracleRequest, 'input'>,
  opening: Opening | null,
): Promise<ProvableInput | 'NO_OPENING' | 'INPUT_INVALID'> {
  if (manifest.inputMode === 'public') {
    const inputs = unpackInputs(model, input)
    return inputs === null ? 'INPUT_INVALID' : { inputs }
  }
  if (opening === null || opening.salt >= scalarModulus) return 'NO_OPENING'
  const inputs = unpackInputs(model, opening.words)
  if (inputs === null) return 'NO_OPENING'
  const commitment = await commitInputs(model, quantiseInputs(model, inputs).integers, opening.salt)
  return commitment === input[0] && input.length === 1 ? { inputs, salt: opening.salt } : 'NO_OPENING'
}
