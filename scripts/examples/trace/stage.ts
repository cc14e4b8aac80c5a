import { type Address, type Hex, toHex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { Bundle } from '#prover/bundle/load.js'
import { type ConsumerStage, type Person, setConsumerStage } from '#scripts/examples/consumer-stage.js'
import { stateOf, stepInputs } from '#scripts/examples/trace/model.js'
import { lanesOf, type Readings, tick } from '#scripts/models/cold-chain/readings.js'
import { attestReadings } from '#service/chain/trace/attest-readings.js'
import { deployLotTrace, openLot, readLot, type TraceStep } from '#service/chain/trace/lot-trace.js'

/** Hours of shelf life that fish has when it is packed, and at which it is waste. */
export const hours = { packed: 150, waste: 24 } as const

/** Where a step goes on. */
export interface Place {
  /** The lot's head. */
  readonly head: Hex
  readonly state: number
  /** Seconds since 1970. */
  readonly until: number
}

/** A maker, a carrier, a shop, a thief and a logger, with a LotTrace. */
export interface TraceStage extends ConsumerStage {
  readonly contract: Address
  readonly logger: PrivateKeyAccount
  /** Opens a lot of the first person's. */
  openLot(): Promise<bigint>
  placeOf(lotId: bigint): Promise<Place>
  /** What the logger signs and a prover proves from a place on. */
  step(lotId: bigint, place: Place, readings: Readings): Promise<TraceStep>
}

/** Starts anvil, deploys, registers. */
export async function setTraceStage(bundle: Bundle): Promise<TraceStage> {
  const stage = await setConsumerStage(bundle, 4)
  const logger = privateKeyToAccount(generatePrivateKey())
  const deployed = await deployLotTrace(stage.chain, stage.verifier).catch(async (error: unknown) => {
    await stage.close()
    throw error
  })
  const { address: contract, gasUsed } = deployed
  stage.spend('deploy LotTrace', { gasUsed })
  const [maker] = stage.people as readonly [Person]
  const { chainId } = stage.chain
  return {
    ...{ ...stage, contract, logger },
    openLot: async () => {
      const terms = {
        ...{ modelId: stage.modelId, version: stage.version, tick, bands: 6 },
        ...{ firstState: stateOf(hours.packed), spoiledAt: stateOf(hours.waste) },
        ...{ start: await stage.now(), maxLag: 3_600, product: toHex('salmon, 12 boxes', { size: 32 }) },
      }
      const { lotId, transaction } = await openLot(maker, contract, { terms, loggers: [logger.address] })
      stage.spend('open', transaction)
      return lotId
    },
    placeOf: (lotId) => readLot(stage.chain, contract, lotId),
    step: async (lotId, { head, state, until: from }, read) => {
      const until = from + read.bands.reduce((sum, count) => sum + count, 0) * tick
      const inputs = stepInputs(state, lanesOf(read))
      const inference = await stage.prove(inputs, { requester: contract, nonce: BigInt(head) })
      const readings = inference.statement[1]!
      const signature = await attestReadings(logger, { chainId, contract }, { lotId, from, until, readings })
      return { until, logger: logger.address, signature, inference }
    },
  }
}
