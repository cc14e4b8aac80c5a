import { type Static, Type } from 'typebox'
import type { Bundle } from '#prover/bundle/load.js'
import type { QuantisationRecord } from '#prover/quantise.js'

const hash = (description: string) => Type.String({ description, pattern: '^0x[0-9a-f]{64}$' })

const point = (description: string) => Type.Array(Type.String(), { description, minItems: 3, maxItems: 3 })

const shape = Type.Array(Type.Integer())

const activation = Type.Union([
  Type.Object({
    kind: Type.Union([Type.Literal('softmax'), Type.Literal('logSoftmax')]),
    axis: Type.Integer(),
    axisEnd: Type.Integer(),
  }),
  Type.Null(),
])

const meaning = Type.Object(
  {
    kind: Type.Enum(['values', 'scores', 'class', 'classes', 'flags']),
    threshold: Type.Optional(Type.Number({ description: 'Flags: 1 where the output is at least this.' })),
  },
  { description: 'What the elements of the output are.' },
)

const normalisation = Type.Union(
  [
    Type.Object({
      factor: Type.Number(),
      mean: Type.Array(Type.Number()),
      deviation: Type.Array(Type.Number()),
    }),
    Type.Null(),
  ],
  { description: 'Inputs are raw: the model gets (x * factor - mean) / deviation.' },
)

export const modelParametersSchema = Type.Object({
  id: Type.String({ maxLength: 256, description: 'Model hash, verifying-key hash, or name.' }),
})

export const modelHashesSchema = Type.Object({
  name: Type.String(),
  modelHash: hash(
    'SHA-256 of the canonical integer model; with committed weights a hash of architecture and commitment.',
  ),
  circuitHash: hash('SHA-256 of the compiled circuit.'),
  vkHash: hash('keccak256 of the verifying key, as the registry contract computes it.'),
})

export type ModelHashes = Static<typeof modelHashesSchema>

export const modelSummarySchema = Type.Object({
  ...modelHashesSchema.properties,
  inputs: Type.Array(
    Type.Object({
      name: Type.String(),
      shape,
      bits: Type.Integer({ description: 'Width of the integers.' }),
      lows: Type.Array(Type.Integer(), { description: 'The smallest integer: of all elements, or of each.' }),
      scales: Type.Array(Type.Number(), {
        description: 'Real value of one integer step: of all elements, or of each.',
      }),
    }),
  ),
  outputs: Type.Array(Type.Object({ name: Type.String(), shape, scale: Type.Number(), activation, meaning })),
  inputMode: Type.Enum(['hashed', 'public']),
  batch: Type.Integer({
    description: 'Inferences that share a proof; above 1 the first axis of inputs and outputs counts them.',
  }),
  weights: Type.Enum(['fixed', 'committed'], {
    description: 'Whether weights are constants of the circuit, or private behind a commitment in the key.',
  }),
  constraints: Type.Integer({ description: 'Size of the circuit.' }),
  setup: Type.Object({ kind: Type.String(), production: Type.Boolean() }),
})

export type ModelSummary = Static<typeof modelSummarySchema>

export const modelSchema = Type.Object({
  ...modelSummarySchema.properties,
  wires: Type.Integer(),
  quantisation: Type.Object({
    bits: Type.Integer({ description: 'Width of activations, where no other is given under widths.' }),
    inputBits: Type.Array(Type.Integer()),
    output: Type.String({ description: 'logits, argmax, topk:K or threshold:X.' }),
    calibrationRows: Type.Integer(),
    ranges: Type.String({ description: 'How ranges of activations follow from the rows.' }),
    comparedRows: Type.Integer(),
    biasCorrected: Type.Boolean(),
    minAgreement: Type.Number(),
    targetAgreement: Type.Union([Type.Number(), Type.Null()]),
    widths: Type.Record(Type.String(), Type.Integer()),
    weightError: Type.Number(),
    normalisation,
  }),
  publicSignals: Type.Array(
    Type.Object({
      kind: Type.Enum(['inputCommitment', 'input', 'output', 'context']),
      input: Type.Optional(Type.String()),
      first: Type.Optional(Type.Integer()),
      lanes: Type.Optional(Type.Integer()),
      bits: Type.Optional(Type.Integer()),
    }),
    { description: 'What each public signal of a proof holds, in order.' },
  ),
  overhead: Type.Object({
    inputRange: Type.Integer(),
    inputBinding: Type.Integer(),
    outputPacking: Type.Integer(),
    context: Type.Integer(),
  }),
  layers: Type.Array(
    Type.Object({
      name: Type.String(),
      operator: Type.String(),
      inputShape: shape,
      outputShape: shape,
      parameters: Type.Integer(),
      macs: Type.Integer(),
      constraints: Type.Integer(),
    }),
  ),
  commitment: Type.Union(
    [
      Type.Object({
        architectureHash: hash('SHA-256 of what all versions of the model share.'),
        architectureId: hash("The architecture's id in the registry contract."),
        commitment: point('The commitment to the weights, which the key holds.'),
        spanProof: point('Shows that the commitment is to weights alone.'),
      }),
      Type.Null(),
    ],
    { description: 'With committed weights.' },
  ),
  compiler: Type.Object({ name: Type.String(), version: Type.String(), flags: Type.Array(Type.String()) }),
})

export type Model = Static<typeof modelSchema>

export function hashesOf({ manifest }: Pick<Bundle, 'manifest'>): ModelHashes {
  const { name, modelHash, circuitHash, vkHash } = manifest
  return { name, modelHash, circuitHash, vkHash }
}

export function summaryOf(bundle: Pick<Bundle, 'manifest'>): ModelSummary {
  const { inputs, outputs, inputMode, batch, weights, constraints, setup } = bundle.manifest
  return {
    ...hashesOf(bundle),
    inputs: inputs.map(({ name, shape, bits, lows, scales }) => ({
      name,
      shape: [...shape],
      bits,
      lows: [...lows],
      scales: [...scales],
    })),
    outputs: outputs.map(({ name, shape, scale, activation, meaning }) => ({
      name,
      shape: [...shape],
      scale,
      activation,
      meaning,
    })),
    inputMode,
    batch,
    weights,
    constraints: constraints.total,
    setup,
  }
}

export function modelOf(bundle: Pick<Bundle, 'manifest'>): Model {
  const { wires, quantisation, publicSignals, compiler, constraints, committed } = bundle.manifest
  const { inputRange, inputBinding, outputPacking, context, layers } = constraints
  return {
    ...summaryOf(bundle),
    wires,
    quantisation: quantisationOf(quantisation),
    publicSignals: [...publicSignals],
    overhead: { inputRange, inputBinding, outputPacking, context },
    layers: layers.map((layer) => ({
      ...layer,
      inputShape: [...layer.inputShape],
      outputShape: [...layer.outputShape],
    })),
    commitment:
      committed === undefined
        ? null
        : {
            ...committed,
            commitment: [...committed.commitment],
            spanProof: [...committed.spanProof],
          },
    compiler: { ...compiler, flags: [...compiler.flags] },
  }
}

/** The manifest's record as the schema's types, which know nothing of readonly. */
function quantisationOf(record: QuantisationRecord): Model['quantisation'] {
  const { inputBits, widths, normalisation } = record
  return {
    ...record,
    inputBits: [...inputBits],
    widths: { ...widths },
    normalisation: normalisation && {
      ...normalisation,
      mean: [...normalisation.mean],
      deviation: [...normalisation.deviation],
    },
  }
}
