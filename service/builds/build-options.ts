import { type Static, Type } from 'typebox'
import { Errors } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import { calibrationMethods } from '#circuits/quantise/options.js'
import type { BuildOptions } from '#prover/bundle/build.js'
import { defaultSettings } from '#prover/settings.js'
import { parseOutputMode, quantiseSettings } from '#service/builds/quantise-settings.js'

/** Names of uploaded models: part of addresses, and never to be taken for a hash, an id or a version. */
export const modelName = /^(?!(0x)?[0-9a-fA-F]{32,64}$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

type Default = { readonly default?: number }

const bits = (description: string, more: Default = {}) =>
  Type.Integer({ minimum: 4, maximum: 16, description, ...more })

const share = (description: string, more: Default = {}) =>
  Type.Number({ minimum: 0, maximum: 1, description, ...more })

const channels = (number: { exclusiveMinimum?: number } = {}) =>
  Type.Array(Type.Number(number), { minItems: 1, maxItems: 4096 })

/** What an upload asks for; the same as the flags of `zkserve build`, with the same defaults. */
export const buildOptionsSchema = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        pattern: modelName.source,
        description:
          'Letters, digits, `.`, `_` and `-`; by default the one that the file gives. A name that is there already gets its next version.',
      }),
    ),
    bits: Type.Optional(bits('Width of activations.', { default: defaultSettings.bits })),
    inputBits: Type.Optional(bits('Width of inputs; as `bits` by default.')),
    output: Type.Optional(
      Type.String({
        maxLength: 64,
        pattern: '^(logits|argmax|topk:.+|threshold:.+)$',
        default: defaultSettings.output,
        description:
          'What a proof gives away: logits (all outputs), argmax (the class), topk:K, threshold:X (yes or no).',
      }),
    ),
    input: Type.Optional(
      Type.Enum(['hashed', 'public'], {
        default: 'hashed',
        description: 'Whether a proof holds a commitment to the input or the input itself.',
      }),
    ),
    weights: Type.Optional(
      Type.Enum(['fixed', 'committed'], {
        default: 'fixed',
        description:
          'Whether weights are constants of the circuit, or private behind a commitment in the key.',
      }),
    ),
    batch: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1024,
        default: 1,
        description: 'Inferences that share a proof.',
      }),
    ),
    calibrationMethod: Type.Optional(
      Type.Enum([...calibrationMethods], {
        default: defaultSettings.calibrationMethod,
        description: 'How ranges follow from the rows; auto: by what agrees best.',
      }),
    ),
    minAgreement: Type.Optional(
      share('The model is refused that answers otherwise on more of the rows.', {
        default: defaultSettings.minAgreement,
      }),
    ),
    targetAgreement: Type.Optional(share('Finds the narrowest widths that keep this share of answers.')),
    inputRange: Type.Optional(
      Type.Array(Type.Number(), {
        minItems: 2,
        maxItems: 2,
        description: 'Inputs range from the first to the second, whatever the rows show.',
      }),
    ),
    normalise: Type.Optional(
      Type.Object(
        { mean: channels(), deviation: channels({ exclusiveMinimum: 0 }) },
        {
          additionalProperties: false,
          description:
            'Inputs are raw: the model gets (x - mean) / deviation, one of each or one for each channel.',
        },
      ),
    ),
    uint8: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Inputs are bytes 0 to 255; the model gets x / 255, then `normalise`.',
      }),
    ),
  },
  { additionalProperties: false },
)

export type GivenBuildOptions = Static<typeof buildOptionsSchema>

/** What a build is made with, and the name that was asked for. */
export interface UploadOptions {
  readonly name: string | null
  readonly build: BuildOptions
}

/** @throws ZkserveError `INVALID_REQUEST` for what the schema refuses, `USAGE` for options that contradict */
export function readBuildOptions(value: unknown): UploadOptions {
  const [error] = Errors(buildOptionsSchema, value)
  if (error !== undefined) {
    const place = `options${error.instancePath.replaceAll('/', '.')}`
    throw new ZkserveError('INVALID_REQUEST', `${place} ${error.message}`)
  }
  const given = value as GivenBuildOptions
  const { name = null, input = 'hashed', weights = 'fixed', batch = 1, inputRange, uint8, normalise } = given
  const output = parseOutputMode(given.output ?? defaultSettings.output)
  if (output === null) {
    throw new ZkserveError('INVALID_REQUEST', 'options.output must be logits, argmax, topk:K or threshold:X')
  }
  const [lo, hi] = inputRange ?? []
  if (lo !== undefined && hi !== undefined && lo >= hi)
    throw new ZkserveError('INVALID_REQUEST', 'options.inputRange must have the smaller number first')
  if (normalise && normalise.mean.length !== normalise.deviation.length)
    throw new ZkserveError('INVALID_REQUEST', 'options.normalise must have as many means as deviations')
  const settings = quantiseSettings({
    bits: given.bits ?? defaultSettings.bits,
    calibrationMethod: given.calibrationMethod ?? defaultSettings.calibrationMethod,
    minAgreement: given.minAgreement ?? defaultSettings.minAgreement,
    ...{ output, input },
    ...(given.inputBits === undefined ? {} : { inputBits: given.inputBits }),
    ...(given.targetAgreement === undefined ? {} : { targetAgreement: given.targetAgreement }),
    ...(lo === undefined || hi === undefined ? {} : { inputRange: [lo, hi] }),
    ...(normalise === undefined ? {} : { normalise }),
    ...(uint8 === true ? { uint8 } : {}),
  })
  return { name, build: { ...settings, input, weights, batch } }
}
