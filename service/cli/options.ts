import { InvalidArgumentError, Option } from 'commander'
import type { Normalisation } from '#circuits/graph/passes/normalise-inputs.js'
import { calibrationMethods, type OutputMode } from '#circuits/quantise/options.js'
import { defaultSettings } from '#prover/settings.js'
import { parseOutputMode } from '#service/builds/quantise-settings.js'

const normalise = () =>
  new Option(
    '--normalise <mean,std>',
    'inputs are raw: the model gets (x - mean) / std; two numbers, or means then deviations of all channels',
  ).argParser(parseNormalisation)
const uint8 = () =>
  new Option('--uint8', 'inputs are bytes 0 to 255; the model gets x / 255, then --normalise')

/** What a float model needs to take raw inputs. */
export const normaliseOptions: readonly Option[] = [normalise(), uint8()]

export const quantiseOptions: readonly Option[] = [
  new Option('--bits <number>', 'width of activations, 4 to 16')
    .default(defaultSettings.bits)
    .argParser(parseBits),
  new Option('--input-bits <number>', 'width of inputs, 4 to 16; as --bits by default').argParser(parseBits),
  new Option('--calibration-method <method>', 'how ranges follow from the rows; auto: by what agrees best')
    .choices(calibrationMethods)
    .default(defaultSettings.calibrationMethod),
  new Option('--min-agreement <share>', 'refuse a model that answers otherwise on more of the rows')
    .default(defaultSettings.minAgreement)
    .argParser(parseShare),
  new Option(
    '--target-agreement <share>',
    'find the narrowest widths that keep this share of answers',
  ).argParser(parseShare),
  new Option(
    '--output <kind>',
    'what a proof gives away: logits (all outputs), argmax (the class), topk:K, threshold:X (yes or no)',
  )
    .default(defaultSettings.output)
    .argParser(parseOutput),
  new Option('--input <mode>', 'whether a proof holds a commitment to the input or the input itself')
    .choices(['hashed', 'public'])
    .default('hashed'),
  new Option('--input-range <lo,hi>', 'inputs range from lo to hi, whatever the rows show').argParser(
    parseRange,
  ),
  normalise(),
  uint8(),
]

function parseBits(text: string): number {
  const bits = Number(text)
  if (/^\d+$/.test(text) && bits >= 4 && bits <= 16) return bits
  throw new InvalidArgumentError('Expected a whole number from 4 to 16.')
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('Expected a number from 0 to 1.')
}

function parseOutput(text: string): OutputMode {
  const output = parseOutputMode(text)
  if (output !== null) return output
  throw new InvalidArgumentError('Expected logits, argmax, topk:K or threshold:X.')
}

/** Numbers with a comma between them, also as fractions: 0.5 or 127.5/255. */
function parseNumbers(text: string): number[] {
  return text.split(',').map((part) => {
    const [top, bottom = '1', ...rest] = part.split('/')
    const value = Number(top) / Number(bottom)
    if (rest.length === 0 && top?.trim() && bottom.trim() && Number.isFinite(value)) return value
    throw new InvalidArgumentError(`Expected numbers with commas, got "${part}".`)
  })
}

function parseNormalisation(text: string): Pick<Normalisation, 'mean' | 'deviation'> {
  const numbers = parseNumbers(text)
  const half = numbers.length / 2
  const [mean, deviation] = [numbers.slice(0, half), numbers.slice(half)]
  if (Number.isInteger(half) && deviation.every((value) => value > 0)) return { mean, deviation }
  throw new InvalidArgumentError('Expected as many means as deviations, and these above 0.')
}

function parseRange(text: string): readonly [number, number] {
  const [lo, hi, ...rest] = parseNumbers(text)
  if (lo !== undefined && hi !== undefined && rest.length === 0 && lo < hi) return [lo, hi]
  throw new InvalidArgumentError('Expected two numbers, the smaller one first.')
}
