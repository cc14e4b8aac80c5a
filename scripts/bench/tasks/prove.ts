import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseDataset, stackedRows } from '#circuits/data/dataset.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import { createProver } from '#prover/backends/create-prover.js'
import { loadBundle } from '#prover/bundle/load.js'
import type { ProofBinding } from '#prover/context.js'
import { type ProvenInference, proveInference, readProvingFiles } from '#prover/prove.js'
import { median } from '#scripts/bench/median.js'
import type { ProveMeasure, ProvingTimes } from '#scripts/bench/result.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { encodeVerifierCall } from '#service/chain/encode-verifier-call.js'

export interface ProveInput {
  /** Directory of the bundle. */
  readonly dir: string
  /** Rows to prove, one after another. */
  readonly data: string
  /** Proofs after the first. */
  readonly runs: number
}

const nobody = `0x${'0'.repeat(40)}` as const
const context: ProofBinding = { chainId: 31337, verifier: nobody, requester: nobody, nonce: 0n }

/** Proves as `zkserve prove` does, with all cores, and keeps the key in memory as the service does. */
export async function measureProve({ dir, data, runs }: ProveInput): Promise<ProveMeasure> {
  const bundle = await loadBundle(dir)
  const { batch } = bundle.model
  const rows = parseDataset(await readFile(data), withBatch(bundle.model, 1).inputs)
  const files = await readProvingFiles(bundle)
  const prover = createProver({ threads: availableParallelism() })
  const prove = (run: number) =>
    proveInference(bundle, prover, stackedRows(rows, run * batch, batch), { context }, files)
  const first = await prove(0)
  const later: ProvingTimes[] = []
  const cpu: number[] = []
  for (let run = 1; run <= runs; run++) {
    const before = process.cpuUsage()
    later.push((await prove(run)).timings)
    const { user, system } = process.cpuUsage(before)
    cpu.push((user + system) / 1000)
  }
  await prover.close()
  return {
    backend: first.backend,
    first: first.timings,
    median: {
      witness: median(later.map(({ witness }) => witness)),
      prove: median(later.map(({ prove }) => prove)),
      verify: median(later.map(({ verify }) => verify)),
    },
    cpu: median(cpu),
    runs,
    proofBytes: JSON.stringify(first.proof).length,
    calldataBytes: calldataSize(first),
  }
}

function calldataSize({ proof, publicSignals }: ProvenInference): number {
  const inference = encodeProofCalldata({ proof, publicSignals, requester: nobody, nonce: 0n })
  const call = encodeVerifierCall({ functionName: 'consume', modelId: 1n, version: 1, inference })
  return (call.length - 2) / 2
}
