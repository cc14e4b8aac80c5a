import type { Address } from 'viem'
import type { Inference } from '#prover/inference/infer.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { VersionFlag } from '#service/cli/chain-options.js'
import { requireModel } from '#service/cli/question-options.js'

/**
 * What the public signals of an accepted answer say, read with the bundle of the model, or a public view of it.
 *
 * @throws ZkserveError `USAGE` where the bundle is another model's; as reading bundle and chain
 */
export async function readStatement(
  chain: ChainReader,
  {
    registry,
    statement,
    ...version
  }: VersionFlag & { readonly registry: Address; readonly statement: readonly bigint[] },
  directory: string,
): Promise<Omit<Inference, 'saturated'>> {
  const { loadVerifiable } = await import('#prover/bundle/public-view.js')
  const { describeIntegers } = await import('#prover/inference/infer.js')
  const { decodeOutputs } = await import('#prover/inference/public-signals.js')
  const { readModel } = await import('#service/chain/read-model.js')
  const { manifest } = await loadVerifiable(directory)
  requireModel(await readModel(chain, { registry, ...version }), manifest, version)
  return describeIntegers(manifest, decodeOutputs(manifest, manifest.publicSignals, statement))
}
