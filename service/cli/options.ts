import { InvalidArgumentError, Option } from 'commander'

/** Options of the verbs that quantise a model. */
export interface QuantiseFlags {
  readonly bits: number
  readonly output: 'logits' | 'argmax'
  readonly input: 'hashed' | 'public'
}

export const quantiseOptions: readonly Option[] = [
  new Option('--bits <number>', 'width of activations, 4 to 16').default(8).argParser(parseBits),
  new Option('--output <kind>', 'what a proof gives away: all outputs or the class alone')
    .choices(['logits', 'argmax'])
    .default('logits'),
  new Option('--input <mode>', 'whether a proof holds a commitment to the input or the input itself')
    .choices(['hashed', 'public'])
    .default('hashed'),
]

function parseBits(text: string): number {
  const bits = Number(text)
  if (/^\d+$/.test(text) && bits >= 4 && bits <= 16) return bits
  throw new InvalidArgumentError('Expected a whole number from 4 to 16.')
}
