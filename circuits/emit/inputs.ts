/** Input signals: their ranges, and what binds them to the public signals. */
import type { InputMode } from '#circuits/analyse/account.js'
import { type Chain, inputChain, type PackedInput, packedInputs } from '#circuits/analyse/commitment.js'
import type { EmitContext } from '#circuits/emit/context.js'
import { Names } from '#circuits/emit/text.js'
import { sizeOf } from '#circuits/graph/graph.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'

/** The circuit's signal for each model input, in order; each takes the input's unsigned lanes. */
export function inputSignalNames(model: Pick<QModel, 'inputs'>, names: Names = new Names()): string[] {
  return model.inputs.map((input) => `in_${names.take(input.name)}`)
}

/**
 * Input signals `lanes`, their ranges, and what binds them to the public signals.
 * @param chain of the commitment, in `hashed` mode
 */
export function emitInputs(
  context: EmitContext,
  model: Pick<QModel, 'inputs'>,
  mode: InputMode,
  lanes: readonly string[],
  chain: Chain = inputChain(model),
): void {
  const { text } = context
  const packed = packedInputs(model)
  const words = packed.reduce((sum, { words }) => sum + words, 0)
  lanes.forEach((name, k) => {
    text.line(`signal input ${name}[${packed[k]!.count}];`)
  })
  if (mode === 'hashed') text.line('signal input salt;')
  text.line('signal input context;')
  text.line(mode === 'hashed' ? 'signal output inputCommitment;' : `signal output packedInputs[${words}];`)
  text.line().line('// The context is bound by a constraint of its own.')
  text.line('signal contextSquare <== context * context;')

  text.line().line('// Every lane is in range.')
  lanes.forEach((name, k) => {
    const { bits, count } = packed[k]!
    text.line(`component ${name}_range[${count}];`)
    text.loops([['i', count]], () => {
      text.line(`${name}_range[i] = Bits(${bits});`)
      text.line(`${name}_range[i].x <== ${name}[i];`)
    })
  })

  if (mode === 'hashed') emitCommitment(context, lanes, packed, chain)
  else emitPackedInputs(context, lanes, packed)
}

/** The values of one inference's inputs, from the signals that hold their lanes. */
export function emitInputValues(context: EmitContext, model: QModel, lanes: readonly string[]): void {
  const { text } = context
  text.line().line('// Inputs are unsigned lanes; a value is its lane plus the lower end of the range.')
  model.inputs.forEach(({ lows, tensor }, k) => {
    const name = lanes[k]!
    if (lows.every((low) => low === 0)) {
      context.alias(tensor, name)
      return
    }
    const count = sizeOf(context.shape(tensor))
    const value = `${name}_value`
    const low = text.numbersBy(`${name}_low`, 'i', lows)
    text.line(`var ${value}[${count}];`)
    text.loops([['i', count]], () => text.line(`${value}[i] = ${name}[i] + ${low};`))
    context.alias(tensor, value)
  })
}

/** In `public` mode: as many whole lanes as fit into each signal, lowest first. */
function emitPackedInputs(
  { text }: EmitContext,
  lanes: readonly string[],
  packed: readonly PackedInput[],
): void {
  text.line().line('// Packed inputs: as many whole lanes as fit, lowest first.')
  let first = 0
  lanes.forEach((name, k) => {
    const { bits, lanes: perWord, words, count } = packed[k]!
    text.loops([['w', words]], () => {
      text.line('var word = 0;')
      text.block(`for (var i = w * ${perWord}; i < (w + 1) * ${perWord} && i < ${count}; i++)`, () => {
        text.line(`word += ${name}[i] * (1 << (${bits} * (i - w * ${perWord})));`)
      })
      text.line(`packedInputs[w + ${first}] <== word;`)
    })
    first += words
  })
}

/**
 * In `hashed` mode: a chain of permutations that absorbs the salt, then the words of every input, and the salt again
 * where the chain takes one element more.
 */
function emitCommitment(
  { text }: EmitContext,
  lanes: readonly string[],
  packed: readonly PackedInput[],
  { blocks, tag }: Chain,
): void {
  const salt = { name: 'salt', bits: 0, first: 0, count: 1 }
  const words = [
    salt,
    ...packed.flatMap(({ bits, lanes: perWord, words: count, count: size }, k) =>
      Array.from({ length: count }, (_, w) => ({
        name: lanes[k]!,
        bits,
        first: w * perWord,
        count: Math.min(perWord, size - w * perWord),
      })),
    ),
  ]
  const perWord = Math.max(...words.map((word) => word.count))
  text
    .line()
    .line('// The commitment absorbs the salt, then the packed inputs; the domain tag fixes what they mean.')
  if (blocks.reduce((sum, block) => sum + block, 0) > words.length) words.push(salt)
  let absorbed = 0
  blocks.forEach((block, b) => {
    const here = words.slice(absorbed, absorbed + block)
    const name = `absorb${b}`
    text.numbers(
      `${name}_bits`,
      here.map((word) => word.bits),
    )
    text.line(
      `component ${name} = Permutation(${block}, ${perWord}, ${name}_bits, ${b === 0 ? 1 : 0}, ${b === 0 ? tag : 0n});`,
    )
    text.line(`${name}.capacity <== ${b === 0 ? '0' : `absorb${b - 1}.digest`};`)
    here.forEach((word, i) => {
      text.block(`for (var j = 0; j < ${perWord}; j++)`, () => {
        const lane = word.name === 'salt' ? 'salt' : `${word.name}[${word.first} + j]`
        if (word.count === perWord) text.line(`${name}.lanes[${i}][j] <== ${lane};`)
        else {
          const only = word.name === 'salt' ? 'j == 0' : `j < ${word.count}`
          text.line(
            `if (${only}) { ${name}.lanes[${i}][j] <== ${lane}; } else { ${name}.lanes[${i}][j] <== 0; }`,
          )
        }
      })
    })
    absorbed += block
  })
  text.line(`inputCommitment <== absorb${blocks.length - 1}.digest;`)
}
