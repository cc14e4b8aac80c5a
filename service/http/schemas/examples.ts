import { receiptTypesJson } from '#service/receipts/receipt.js'

/** Examples of the OpenAPI page; a test holds them to their schemas. */
const model = {
  name: 'mnist-mlp',
  modelHash: '0x5f0c3d3a52c0f3b1f9f1c7e2a4d8b6c0e1f2a3b4c5d6e7f8091a2b3c4d5e6f70',
  circuitHash: '0x9a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9',
  vkHash: '0x3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b',
}

const job = '8f14e45fceea167a5a36dedd4bea2543'
const requester = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8'
const word = (digit: string) => `0x${digit.repeat(64)}`

const answer = {
  model,
  outputs: { probability: [0.02, 0.97, 0.01] },
  integers: { probability: [-1204, 9310, -2281] },
  label: 1,
  labels: [1],
  saturated: 0,
}

export const inferBodyExamples = [
  { model: 'mnist-mlp', input: [0, 0.5, 1], wait: true, requester, nonce: '0x01' },
  { model: model.modelHash, inputs: { image: [0, 0.5, 1] }, proof: false },
  {
    model: 'mnist-mlp',
    batch: [[0, 0.5, 1], { image: [1, 0.5, 0] }],
  },
  {
    model: 'batch-of-two',
    input: [
      [0, 0.5, 1],
      [1, 0.5, 0],
    ],
    wait: true,
  },
]

export const proofReplyExample = {
  ...answer,
  proof: {
    protocol: 'groth16',
    curve: 'bn128',
    pi_a: ['1368015179489954701390400359078579693043519447331113978918064868415326638035', '2', '1'],
    pi_b: [
      ['1', '2'],
      ['3', '4'],
      ['1', '0'],
    ],
    pi_c: ['5', '6', '1'],
  },
  publicSignals: ['18284877521522194700147546769133886365591937480061040635677873793233844723445', '42', '7'],
  context: {
    chainId: '31337',
    verifier: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
    requester,
    nonce: '0x1',
    value: '7',
  },
  calldata: {
    inference: {
      proof: Array.from({ length: 8 }, () => word('1')),
      statement: [word('2'), word('3')],
      requester,
      nonce: word('0'),
    },
    verify: null,
    consume: null,
  },
  inputCommitment: '18284877521522194700147546769133886365591937480061040635677873793233844723445',
  receipt: {
    signer: '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
    domain: {
      name: 'zkserve',
      version: '1',
      chainId: '31337',
      verifyingContract: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
    },
    types: receiptTypesJson(),
    primaryType: 'Receipt',
    message: {
      modelHash: model.modelHash,
      circuitHash: model.circuitHash,
      vkHash: model.vkHash,
      ...{ inputs: word('3'), outputs: word('4'), publicSignals: word('5'), proof: word('6') },
      requester,
      nonce: '0x1',
      issuedAt: 1_763_694_000,
    },
    signature: `0x${'7'.repeat(128)}1b`,
  },
  salt: '4442043982529773982243366033443832846593756720333531487401129187950227292580',
  backend: 'native',
  timings: {
    ...{ queue: 0.4, load: 0.1, inference: 0.9, witness: 1.5, prove: 16.2, verify: 12.6, whole: 33.4 },
    stages: { rows: 0.6, transforms: 2.9, a: 0.8, b1: 0.7, b2: 2.1, c: 0.8, h: 17.3, assembly: 2.4 },
  },
}

export const answerReplyExample = { ...answer, timings: { inference: 0.9 } }

/** Two rows that share a proof. */
export const batchReplyExample = {
  ...answerReplyExample,
  outputs: { probability: [0.02, 0.97, 0.01, 0.9, 0.06, 0.04] },
  integers: { probability: [-1204, 9310, -2281, 8977, 1210, 301] },
  label: null,
  labels: [1, 0],
}

export const acceptedReplyExample = {
  ...answerReplyExample,
  job: { id: job, state: 'queued', url: `/jobs/${job}` },
}

export const jobExample = {
  id: job,
  kind: 'proof',
  state: 'running',
  stage: 'prove',
  model,
  createdAt: '2025-11-21T03:00:00.000Z',
  startedAt: '2025-11-21T03:00:00.120Z',
  finishedAt: null,
  result: null,
  error: null,
}

export const jobEventsExample = `retry: 1000

id: 1
data: {"state":"queued","stage":null,"at":"2025-11-21T03:00:00.000Z"}

id: 2
data: {"state":"running","stage":"load","at":"2025-11-21T03:00:00.120Z"}

`

export const verifyReplyExamples = [
  {
    valid: true,
    claim: {
      outputs: answer.outputs,
      integers: answer.integers,
      label: 1,
      labels: [1],
      inputCommitment: proofReplyExample.inputCommitment,
    },
  },
  { valid: false, reason: 'the pairing equation does not hold' },
]

/** Of a reply, what there is to check. */
export const verifyBodyExample = {
  model: { vkHash: model.vkHash },
  proof: proofReplyExample.proof,
  publicSignals: proofReplyExample.publicSignals,
  context: proofReplyExample.context,
}

const point = ['1', '2', '1']
const twistPoint = [
  ['1', '2'],
  ['3', '4'],
  ['1', '0'],
]

export const verificationKeyExample = {
  ...{ protocol: 'groth16', curve: 'bn128', nPublic: 1 },
  ...{ vk_alpha_1: point, vk_beta_2: twistPoint, vk_gamma_2: twistPoint, vk_delta_2: twistPoint },
  IC: [point, point],
}
