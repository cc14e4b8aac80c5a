import { readFile } from 'node:fs/promises'
import { encodeFunctionData } from 'viem'
import { parseDataset, stackedRows } from '#circuits/data/dataset.js'
import { withBatch } from '#circuits/qmodel/batch.js'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import { createProver } from '#prover/backends/create-prover.js'
import { loadBundle } from '#prover/bundle/load.js'
import { proveInference, readProvingFiles } from '#prover/prove.js'
import type { GasMeasure } from '#scripts/bench/result.js'
import { connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { encodeProofCalldata, type Inference } from '#service/chain/encode-proof-calldata.js'
import { encodeVerifierCall } from '#service/chain/encode-verifier-call.js'
import { registerModel } from '#service/chain/register-model.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { startAnvil } from '#service/chain/start-anvil.js'

export interface GasInput {
  /** Directory of the bundle. */
  readonly dir: string
  /** Rows to prove, one after another. */
  readonly data: string
  /** Proofs of the batch; 0 measures none. */
  readonly batchSize: number
}

export type GasReply = Pick<GasMeasure, 'register' | 'acceptFirst' | 'accept' | 'batchEach'>

/** Has an InferenceVerifier on a fresh anvil accept real proofs: two alone, then a batch. */
export async function measureGas({ dir, data, batchSize }: GasInput): Promise<GasReply> {
  const bundle = await loadBundle(dir)
  const { batch } = bundle.model
  const rows = parseDataset(await readFile(data), withBatch(bundle.model, 1).inputs)
  const files = await readProvingFiles(bundle)
  const prover = createProver()
  const anvil = await startAnvil()
  try {
    const chain = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
    const { registry, verifier } = await deployContracts(chain)
    const { verificationKey, manifest } = bundle
    const { name, modelHash, circuitHash } = manifest
    const setup = { kind: 'development' } as const
    const registration = { registry, name, modelHash, circuitHash, verificationKey, setup }
    const { modelId, version, transaction } = await registerModel(chain, registration)

    const requester = chain.account.address
    const prove = async (nonce: bigint): Promise<Inference> => {
      const context = { chainId: chain.chainId, verifier, requester, nonce }
      const inputs = stackedRows(rows, Number(nonce) * batch, batch)
      const proven = await proveInference(bundle, prover, inputs, { context }, files)
      return encodeProofCalldata({ ...proven, requester, nonce })
    }
    const accept = async (nonce: bigint): Promise<number> => {
      const inference = await prove(nonce)
      const call = encodeVerifierCall({ functionName: 'consume', modelId, version, inference })
      return Number((await sendTransaction(chain, { to: verifier, data: call })).gasUsed)
    }
    const acceptBatch = async (): Promise<number> => {
      const batch: Inference[] = []
      for (let index = 0; index < batchSize; index++) batch.push(await prove(BigInt(index + 2)))
      const args = [modelId, version, batch] as const
      const call = encodeFunctionData({ abi: inferenceVerifierAbi, functionName: 'consumeBatch', args })
      return Number((await sendTransaction(chain, { to: verifier, data: call })).gasUsed)
    }
    return {
      register: Number(transaction.gasUsed),
      acceptFirst: await accept(0n),
      accept: await accept(1n),
      batchEach: batchSize === 0 ? null : Math.round((await acceptBatch()) / batchSize),
    }
  } finally {
    await anvil.stop()
    await prover.close()
  }
}
