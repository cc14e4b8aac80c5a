import { ZkserveError } from '#circuits/errors.js'
import type { Normalisation } from '#circuits/graph/passes/normalise-inputs.js'
import type { CalibrationMethod, InputGrid, OutputMode } from '#circuits/quantise/options.js'
import type { QuantiseStageOptions } from '#prover/quantise.js'
import { defaultSettings } from '#prover/settings.js'

/** What clients send, where that is not what the model was trained on. */
export interface InputFlags {
  readonly normalise?: Pick<Normalisation, 'mean' | 'deviation'>
  readonly uint8?: true
  readonly inputRange?: readonly [lo: number, hi: number]
  readonly inputBits?: number
}

/** How a model is to be quantised, as flags of the command line and uploads say it. */
export interface QuantiseFlags extends InputFlags {
  readonly bits: number
  readonly output: OutputMode
  readonly input: 'hashed' | 'public'
  readonly calibrationMethod: CalibrationMethod
  readonly minAgreement: number
  readonly targetAgreement?: number
}

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

/** `logits`, `argmax`, `topk:K` or `threshold:X`; null for anything else. */
export function parseOutputMode(text: string): OutputMode | null {
  if (text === 'logits' || text === 'argmax') return text
  const [, kind, parameter = ''] = /^(topk|threshold):(.+)$/.exec(text) ?? []
  const value = Number(parameter)
  if (kind === 'topk' && Number.isSafeInteger(value) && value >= 1) return `topk:${value}`
  if (kind === 'threshold' && parameter.trim() !== '' && Number.isFinite(value)) return `threshold:${value}`
  return null
}
