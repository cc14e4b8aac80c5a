import { InvalidArgumentError, Option } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import type { Normalisation } from '#circuits/graph/passes/normalise-inputs.js'
import {
  type CalibrationMethod,
  calibrationMethods,
  type InputGrid,
  type OutputMode,
} from '#circuits/quantise/options.js'
import type { QuantiseStageOptions } from '#prover/quantise.js'
import { defaultSettings } from '#prover/settings.js'

/** Options that say what clients send, where that is not what the model was trained on. */
export interface InputFlags {
  readonly normalise?: Pick<Normalisation, 'mean' | 'deviation'>
  readonly uint8?: true
  readonly inputRange?: readonly [lo: number, hi: number]
  readonly inputBits?: number
}

/** Options of the verbs that quantise a model. */
export interface QuantiseFlags extends InputFlags {
  readonly bits: number
  readonly output: OutputMode
  readonly input: 'hashed' | 'public'
  readonly calibrationMethod: CalibrationMethod
  readonly minAgreement: number
  readonly targetAgreement?: number
}

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

/** The settings that flags stand for. @throws ZkserveError `USAGE` for flags that contradict each other */
export function quantiseSettings(flags: QuantiseFlags): QuantiseStageOptions {
  const { bits, output, calibrationMethod, minAgreement, inputBits, targetAgreement } = flags
  const inputGrid = gridOf(flags)
  return {
    ...defaultSettings,
    ...{ bits, output, calibrationMethod, minAgreement },
    normalisation: normalisationOf(flags),
    ...(inputBits === undefined ? {} : { inputBits }),
    ...(inputGrid === null ? {} : { inputGrid }),
    ...(targetAgreement === undefined ? {} : { targetAgreement }),
  }
}

/** What the model does to raw inputs first, or null. */
export function normalisationOf({ normalise, uint8 }: InputFlags): Normalisation | null {
  if (normalise === undefined && uint8 === undefined) return null
  return { factor: uint8 ? 1 / 255 : 1, ...(normalise ?? { mean: [0], deviation: [1] }) }
}

function gridOf({ uint8, inputRange, inputBits, bits }: QuantiseFlags): InputGrid | null {
  if (uint8) {
    if (inputRange !== undefined || inputBits !== undefined)
      throw new ZkserveError(
        'USAGE',
        '--uint8 is 8 bits from 0 to 255: leave out --input-range and --input-bits',
      )
    return { scale: 1, low: 0, bits: 8 }
  }
  if (inputRange === undefined) return null
  const [lo, hi] = inputRange
  const width = inputBits ?? bits
  const scale = (hi - lo) / (2 ** width - 1)
  return { scale, low: Math.round(lo / scale), bits: width }
}

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
  if (text === 'logits' || text === 'argmax') return text
  const [, kind, parameter = ''] = /^(topk|threshold):(.+)$/.exec(text) ?? []
  const value = Number(parameter)
  if (kind === 'topk' && Number.isSafeInteger(value) && value >= 1) return `topk:${value}`
  if (kind === 'threshold' && parameter.trim() !== '' && Number.isFinite(value)) return `threshold:${value}`
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
