import type { BenchResult, ModelResult } from '#scripts/bench/result.js'

/** One layer, 10,000 constraints, round figures. */
export function fixedModel(name: string): ModelResult {
  const layer = { inputShape: [1, 4], outputShape: [1, 2], name: 'fc', operator: 'Gemm' }
  const times = { witness: 12.345, prove: 1234.5, verify: 9.876 }
  return {
    name,
    origin: 'third-party',
    batch: 1,
    loadAverage: 0.25,
    compiler: { name: 'circom', version: '2.2.3', flags: ['--O1'] },
    constraints: {
      total: 10_000,
      inputRange: 6_000,
      inputBinding: 1_000,
      outputPacking: 99,
      context: 1,
      layers: [{ ...layer, parameters: 10, macs: 8, constraints: 2_900 }],
    },
    wires: 9_000,
    publicSignals: 4,
    files: { 'circuit.r1cs': 2e6, 'circuit.wasm': 1e6, 'proving.zkey': 5e6, 'verification_key.json': 3_471 },
    build: { timings: { quantise: 100, emit: 10, compile: 4000, setup: 2000, write: 20 }, total: 6200 },
    prove: {
      backend: 'snarkjs',
      first: { ...times, prove: 2000 },
      median: times,
      cpu: 1900,
      runs: 5,
      proofBytes: 725,
      calldataBytes: 580,
    },
    memory: { build: 200e6, compiler: 300e6, prove: 400e6 },
    accuracy: {
      count: 10_000,
      floatAccuracy: 0.974,
      integerAccuracy: 0.9738,
      agreement: 0.9991,
      maxAbsError: 0.5,
      meanAbsError: 0.125,
      saturatedRows: 0,
      outputs: [],
      inputs: [],
      layers: [],
    },
    gas: {
      register: 700_000,
      acceptFirst: 274_000,
      accept: 257_000,
      batchSize: 32,
      batchEach: 67_000,
      batchSource: 'snapshot',
    },
  }
}

export function fixedResult(models: readonly ModelResult[]): BenchResult {
  return {
    schema: 'zkserve/bench/1',
    version: '1.2.3',
    date: '2026-01-02T03:04:05.000Z',
    machine: { cpu: 'Test CPU', cores: 2, memory: 8e9, node: '20.19.0', system: 'Test OS' },
    models,
    failures: [],
  }
}
