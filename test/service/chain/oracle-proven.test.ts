import { join } from 'node:path'
import { encodeAbiParameters } from 'viem'
import { expect, onTestFinished, test } from 'vitest'
import { datasetRow } from '#circuits/data/dataset.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { createProver } from '#prover/backends/create-prover.js'
import { buildBundle } from '#prover/bundle/build.js'
import { loadBundle } from '#prover/bundle/load.js'
import { commitInputs } from '#prover/inference/commitment.js'
import { proveInference } from '#prover/prove.js'
import { connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployOracle } from '#service/chain/deploy-oracle.js'
import { encodeFulfilment, fulfilmentNonce } from '#service/chain/encode-fulfilment.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { fulfilInference } from '#service/chain/fulfil-inference.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { requestInference } from '#service/chain/request-inference.js'
import { startAnvil } from '#service/chain/start-anvil.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinySource } from '../../support/tiny-source.js'

test('what a prover makes of a request is what the oracle takes', { timeout: 60_000 }, async () => {
  const source = tinySource()
  const dir = join(temporaryFolder(), 'bundle')
  const settings = { bits: 8, output: 'logits', input: 'hashed' } as const
  await buildBundle(source.onnx, source.graph, source.calibration, dir, settings)
  const bundle = await loadBundle(dir)
  const prover = createProver()
  onTestFinished(() => prover.close())
  const anvil = await startAnvil()
  onTestFinished(() => anvil.stop())
  const chain = await connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[0]! })
  const { registry, verifier } = await deployContracts(chain)
  const { modelId } = await registerModel(chain, registrationOf(bundle, registry))
  const { address: oracle } = await deployOracle(chain, { verifier })
  const row = datasetRow(source.calibration, 3)
  const { integers } = quantiseInputs(bundle.model, row)
  const salt = 1234567n
  const commitment = await commitInputs(bundle.model, integers, salt)
  const { timestamp } = await chain.client.getBlock()
  const fee = 10n ** 15n
  const { requestId } = await requestInference(chain, {
    oracle,
    modelId,
    input: [commitment],
    maxFee: fee,
    deadline: Number(timestamp) + 600,
    data: encodeAbiParameters([{ type: 'uint256' }], [salt]),
  })

  const terms = { requestId, payee: chain.account.address, fee }
  const nonce = fulfilmentNonce(terms)
  const context = { chainId: chain.chainId, verifier, requester: oracle, nonce }
  const {
    proof,
    publicSignals,
    integers: outputs,
  } = await proveInference(bundle, prover, row, { context, salt })
  const inference = encodeProofCalldata({ proof, publicSignals, requester: oracle, nonce })
  const fulfilment = encodeFulfilment(terms, inference)
  const taken = await fulfilInference(chain, { oracle, fulfilment })
  expect(taken).toMatchObject({ requestId, payee: chain.account.address, fee })

  const [first, second] = Object.values(outputs)[0]!
  const lanes = fulfilment.statement[1]!
  const lane = (k: bigint) => Number(BigInt.asIntN(32, lanes >> (32n * k)))
  expect([lane(0n), lane(1n)]).toEqual([first, second])
})
