import type { Manifest } from '#prover/bundle/manifest.js'
import { hashesOf } from '#service/http/schemas/model.js'
import { describedOf, entryOf } from '#service/http/schemas/model-entry.js'

/** Examples of the OpenAPI page: a small digit classifier, its lists and keys cut short. */
export const manifestExample: Manifest = {
  schema: 'zkserve/manifest/2',
  view: 'owner',
  name: 'digits',
  modelHash: '0x42f631766c580dae4831338be4e24cfcb9f563e776f45e5152eac49f50bc3725',
  circuitHash: '0xae8decfb1eab56f41ca26fb7f429e40e171e36bd8aab0b9823e9565a011e48e8',
  vkHash: '0x547fa6fd72c9194216e52527e2356a9e1c4289566650de6a8b746d481f6792a7',
  files: {
    'model.onnx': { sha256: '243c7b5754b7a88521215aebcd740b93001f3ea0ed3a21883d11df423556f514', bytes: 2595 },
    'model.q.json': {
      sha256: '42f631766c580dae4831338be4e24cfcb9f563e776f45e5152eac49f50bc3725',
      bytes: 3331,
    },
    'circuit.circom': {
      sha256: 'ad68f995aaf1d9462379a3d67bbdde07ca1126ee80c9e4b8650b8dca2025f8e1',
      bytes: 7442,
    },
    'circuit.r1cs': {
      sha256: 'ae8decfb1eab56f41ca26fb7f429e40e171e36bd8aab0b9823e9565a011e48e8',
      bytes: 1128632,
    },
    'circuit.wasm': {
      sha256: '2fca4b4d992a1fd6c02499ff73227fbb1914316c4cb85b6328d4624849864093',
      bytes: 1486815,
    },
    'witness.plan': {
      sha256: 'b16a6df79004a5cac6e8b4979824b3cf1339d452ac7c41f2c40bd3807eff5726',
      bytes: 127808,
    },
    'proving.zkey': {
      sha256: '8cc23db37c2d375a94ac2eccb012decfd8fc538e1db7a6baec28e9ab83be6b9d',
      bytes: 2546836,
    },
    'verification_key.json': {
      sha256: 'b711d976d23e40ddf18f9d8566fff5595b41888f8de760dd952b1f93cccfc9a2',
      bytes: 3471,
    },
    'report.json': {
      sha256: 'b4ce8f4a00ce0ac7cc7e1dd6bf97a77a4a4cc18724ae86526117bcd61e6620f6',
      bytes: 2664,
    },
  },
  compiler: { name: 'circom2', version: '2.2.3', flags: ['--O1'] },
  quantisation: {
    bits: 8,
    inputBits: [8],
    output: 'logits',
    calibrationRows: 200,
    ranges: 'min-max',
    comparedRows: 200,
    biasCorrected: true,
    minAgreement: 0.9,
    targetAgreement: null,
    widths: {},
    weightError: 1,
    normalisation: null,
  },
  weights: 'fixed',
  inputMode: 'hashed',
  batch: 1,
  inputs: [
    { name: 'input', tensor: 0, shape: [1, 1, 8, 8], scales: [0.00392156862745098], lows: [0], bits: 8 },
  ],
  outputs: [
    {
      name: 'logits',
      tensor: 5,
      shape: [1, 10],
      scale: 0.0003359755883510005,
      activation: null,
      meaning: { kind: 'scores' },
    },
  ],
  publicSignals: [
    { kind: 'inputCommitment' },
    { kind: 'output', first: 0, lanes: 7 },
    { kind: 'output', first: 7, lanes: 3 },
    { kind: 'context' },
  ],
  constraints: {
    total: 3543,
    inputRange: 512,
    inputBinding: 298,
    outputPacking: 212,
    context: 1,
    layers: [
      {
        name: '/0/Conv',
        operator: 'Conv',
        inputShape: [1, 1, 8, 8],
        outputShape: [1, 4, 6, 6],
        parameters: 40,
        macs: 1296,
        constraints: 0,
      },
      {
        name: '/1/Relu',
        operator: 'Relu',
        inputShape: [1, 4, 6, 6],
        outputShape: [1, 4, 6, 6],
        parameters: 0,
        macs: 0,
        constraints: 2520,
      },
      {
        name: '/2/AveragePool',
        operator: 'AveragePool',
        inputShape: [1, 4, 6, 6],
        outputShape: [1, 4, 3, 3],
        parameters: 0,
        macs: 0,
        constraints: 0,
      },
      {
        name: '/3/Flatten',
        operator: 'Flatten',
        inputShape: [1, 4, 3, 3],
        outputShape: [1, 36],
        parameters: 0,
        macs: 0,
        constraints: 0,
      },
      {
        name: '/4/Gemm',
        operator: 'Gemm',
        inputShape: [1, 36],
        outputShape: [1, 10],
        parameters: 370,
        macs: 360,
        constraints: 0,
      },
    ],
  },
  wires: 3392,
  setup: { kind: 'development', production: false },
  digest: '0c232241b3b58906a0a0067a92354217552b3a2e96776ea4539eef04b18f13b2',
}

const visible = { registered: null, bundle: { manifest: manifestExample } }

export const modelEntryExample = entryOf(visible, '')

export const describedModelExample = describedOf(visible, '')

const model = hashesOf({ manifest: manifestExample })

export const modelReportExample = {
  model,
  constraints: manifestExample.constraints,
  accuracy: {
    count: 200,
    floatAccuracy: null,
    integerAccuracy: null,
    agreement: 1,
    maxAbsError: 0.366197522501043,
    meanAbsError: 0.08511910685504089,
    saturatedRows: 0,
    outputs: [
      {
        name: 'logits',
        maxAbsError: 0.366197522501043,
        meanAbsError: 0.08511910685504089,
        range: 68.43356704711914,
        relativeError: 0.001243820986219133,
      },
    ],
    inputs: [{ name: 'input', saturated: 0 }],
    layers: [
      { name: '/0/Conv', operator: 'Conv', signalToNoise: 41.490265185914325, saturated: null },
      { name: '/1/Relu', operator: 'Relu', signalToNoise: 41.39068234781948, saturated: null },
      { name: '/2/AveragePool', operator: 'AveragePool', signalToNoise: 44.40513142387486, saturated: null },
      { name: '/3/Flatten', operator: 'Flatten', signalToNoise: 44.40513142387486, saturated: null },
      { name: '/4/Gemm', operator: 'Gemm', signalToNoise: 40.82831449950633, saturated: null },
    ],
  },
}

export const modelSolidityExample = {
  model,
  struct: 'struct Inference { uint256[8] proof; uint256[] statement; address requester; uint256 nonce; }',
  functions: [
    {
      name: 'verify',
      signature: 'verify(uint256,uint32,(uint256[8],uint256[],address,uint256))',
      selector: '0x02a0f287',
    },
    {
      name: 'certify',
      signature: 'certify(uint256,uint32,(uint256[8],uint256[],address,uint256))',
      selector: '0x0eac9080',
    },
    {
      name: 'consume',
      signature: 'consume(uint256,uint32,(uint256[8],uint256[],address,uint256))',
      selector: '0xf3763d89',
    },
  ],
  proof: ['A.x', 'A.y', 'B.x.c1', 'B.x.c0', 'B.y.c1', 'B.y.c0', 'C.x', 'C.y'],
  statement: [
    { kind: 'inputCommitment' },
    { kind: 'output', first: 0, lanes: 7 },
    { kind: 'output', first: 7, lanes: 3 },
  ],
  outputs: [{ name: 'logits', word: 1, lane: 0, elements: 10, scale: 0.0003359755883510005 }],
  lanes: { bits: 32, perWord: 7 },
  registration: {
    function: 'publishModel',
    commitment: {
      modelHash: '0x42f631766c580dae4831338be4e24cfcb9f563e776f45e5152eac49f50bc3725',
      circuitHash: '0xae8decfb1eab56f41ca26fb7f429e40e171e36bd8aab0b9823e9565a011e48e8',
      vkHash: '0x547fa6fd72c9194216e52527e2356a9e1c4289566650de6a8b746d481f6792a7',
      proofSystemId: '0x0550d137',
      uri: 'data:application/json,%7B%22name%22%3A%22digits%22%7D',
    },
    terms: {
      setup: 0,
      transcriptHash: '0x0000000000000000000000000000000000000000000000000000000000000000',
      inputSignals: 1,
      outputSignals: 2,
    },
    key: '0x09bad8213fd0586353eca5e8deca255a7acb5fad62290ba62e1158b18f40d721',
    calldata: '0xcf52288d00000000000000000000000000000000000000000000000000000000000000c0',
    architecture: null,
  },
}
