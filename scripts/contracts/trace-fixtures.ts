import { writeFileSync } from 'node:fs'
import { type Address, bytesToHex, getContractAddress, type Hex, toHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { createProver } from '#prover/backends/create-prover.js'
import { encodeVerificationKey } from '#prover/key/encode.js'
import { proveInference } from '#prover/prove.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { ensureColdChainBundle, stateOf, stepInputs } from '#scripts/examples/trace/model.js'
import { lanesOf, tick } from '#scripts/models/cold-chain/readings.js'
import { encodeProofCalldata, type Inference } from '#service/chain/encode-proof-calldata.js'
import { type LotTerms, openingHash, stepHash } from '#service/chain/trace/trace-hash.js'
import { readProjectModel } from '#service/demo/project-models.js'

/** As test/utils/Journey.sol plays it. */
const start = 1_800_000_000
const loggerKey = toHex(0x1066, { size: 32 })
const [maker, carrier, shop] = [0xa11ce, 0xca441e4, 0x5409].map((n) => toHex(n, { size: 20 })) as [
  Address,
  Address,
  Address,
]
const cold = lanesOf({ bands: [40, 0, 0, 0, 0, 0], openings: 1, dry: 2 })
const mild = lanesOf({ bands: [60, 30, 6, 0, 0, 0], openings: 3, dry: 10 })
const warm = lanesOf({ bands: [0, 2, 3, 5, 6, 4], openings: 6, dry: 12 })
const hot = lanesOf({ bands: [0, 0, 0, 0, 0, 240], openings: 0, dry: 120 })

/** A step that was proven, and where the next one goes on. */
interface Proven {
  readonly inference: Inference
  readonly until: number
  readonly head: Hex
  readonly state: number
}

type Place = Pick<Proven, 'until' | 'head' | 'state'>

/** Makes trace.json: proofs of the real model for a LotTrace that the deployer creates at nonce 2. */
export async function makeTraceFixtures(
  fixtures: string,
  chain: { readonly chainId: number; readonly verifier: Address; readonly deployer: Address },
): Promise<void> {
  const bundle = await ensureColdChainBundle(await readProjectModel('cold-chain'))
  const prover = createProver()
  const contract = getContractAddress({ from: chain.deployer, nonce: 2n })
  const logger = privateKeyToAddress(loggerKey)
  const terms: LotTerms = {
    ...{ modelId: 1n, version: 1, tick, bands: 6, firstState: stateOf(150), spoiledAt: stateOf(24) },
    ...{ start, maxLag: 3_600, product: toHex('salmon', { size: 32 }) },
  }
  const opened = (lotId: bigint, version = 1): Place => {
    const lot = { lotId, maker, terms: { ...terms, version }, loggers: [logger] }
    return { until: start, state: terms.firstState, head: openingHash({ ...chain, contract }, lot) }
  }
  const prove = async (
    place: Place,
    lanes: readonly number[],
    custodian: Address,
    elsewhere: { readonly chainId?: number; readonly requester?: Address } = {},
  ): Promise<Proven> => {
    const context = { ...chain, requester: contract, nonce: BigInt(place.head), ...elsewhere }
    const proven = await proveInference(bundle, prover, stepInputs(place.state, lanes), { context })
    const inference = encodeProofCalldata({ ...proven, ...context })
    const statement = inference.statement as [bigint, bigint, bigint]
    const until = place.until + lanes.slice(0, terms.bands).reduce((sum, count) => sum + count, 0) * tick
    const head = stepHash(place.head, { custodian, logger, until, statement })
    return { inference, until, head, state: Number(statement[2]) }
  }
  try {
    const first = await prove(opened(0n), cold, maker)
    const second = await prove(first, mild, carrier)
    const gathered = [first]
    for (const lanes of [cold, mild, warm]) gathered.push(await prove(gathered.at(-1)!, lanes, maker))
    const steps = {
      ...Object.fromEntries(gathered.map((step, k) => [`gathered${k}`, step])),
      ...{ first, second, third: await prove(second, warm, shop) },
      fork: await prove(first, cold, carrier),
      spoiling: await prove(first, hot, carrier),
      fromFirstState: await prove({ ...first, state: terms.firstState }, mild, carrier),
      otherLot: await prove(opened(1n), cold, maker),
      otherVersion: await prove(opened(0n, 2), cold, maker),
      otherChain: await prove(opened(0n), cold, maker, { chainId: 1 }),
      otherContract: await prove(opened(0n), cold, maker, { requester: chain.deployer }),
    }
    const fixture = {
      ...{ contract, loggerKey, maker, carrier, shop },
      terms: { ...terms, modelId: Number(terms.modelId) },
      key: bytesToHex(encodeVerificationKey(bundle.verificationKey)),
      steps: Object.fromEntries(
        Object.entries(steps).map(([name, { inference, until, head, state }]) => {
          const { proof, statement, requester, nonce } = inference
          const words = { proof: proof.map(hexWord), statement: statement.map(hexWord) }
          return [name, { ...words, requester, nonce: hexWord(nonce), until, head, state }]
        }),
      ),
    }
    writeFileSync(`${fixtures}/trace.json`, `${JSON.stringify(fixture, null, 1)}\n`)
  } finally {
    await prover.close()
  }
}
