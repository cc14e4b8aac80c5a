import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { ModelFacts } from '#prover/bundle/manifest.js'
import { commitInputs, drawSalt } from '#prover/inference/commitment.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import type { Opening } from '#service/oracle/read-input.js'

/** An input as a request names it. */
export interface QuestionInput {
  /** The public signals that stand for it. */
  readonly signals: readonly bigint[]
  /** What a prover needs beside them; null where the input itself is public. */
  readonly opening: Opening | null
  /** Elements that lay outside their range. */
  readonly saturated: number
}

/**
 * How a model is asked about an input; its public view is enough.
 * @param salt below the field's order; drawn afresh by default, and of no use where inputs are public
 * @throws ZkserveError `INVALID_INPUT`
 */
export async function questionInput(
  { inputs, inputMode }: Pick<ModelFacts, 'inputs' | 'inputMode'>,
  given: ReadonlyMap<string, FloatTensor>,
  salt: bigint = drawSalt(),
): Promise<QuestionInput> {
  const { integers, saturated } = quantiseInputs({ inputs }, given)
  const words = packInputs({ inputs }, integers)
  if (inputMode === 'public') return { signals: words, opening: null, saturated }
  const signals = [await commitInputs({ inputs }, integers, salt)]
  return { signals, opening: { salt, words }, saturated }
}
