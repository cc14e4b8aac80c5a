import type { Address } from 'viem'
import { sizeOf } from '#circuits/graph/graph.js'
import { ofElement, type QModel } from '#circuits/qmodel/qmodel.js'
import { inferenceVerifierAbi } from '#contracts/generated/InferenceVerifier.js'
import { lotTraceAbi } from '#contracts/generated/LotTrace.js'
import { loadBundle } from '#prover/bundle/load.js'
import { inferIntegers } from '#prover/inference/infer.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { readModel } from '#service/chain/read-model.js'
import { toChainError } from '#service/chain/to-chain-error.js'
import { lotStatuses } from '#service/chain/trace/lot-trace.js'
import { readTrace, type TraceQuery } from '#service/chain/trace/read-trace.js'
import {
  type Journey,
  lanesOfWord,
  type ReplayedStep,
  replayTrace,
} from '#service/chain/trace/replay-trace.js'
import type { Check } from '#service/provenance/check.js'
import { checkVersion } from '#service/provenance/check-version.js'

export interface TraceVerification {
  /** Whether nothing differs; what is unchecked does not count. */
  readonly valid: boolean
  readonly journey: Journey | null
  readonly checks: readonly Check[]
}

/**
 * Reads a lot's events, recomputes every hash, state, time and change of custody from them, and compares the outcome
 * with what the contract keeps. With the version's bundle, the integer model answers each step's state and readings
 * again.
 *
 * What it cannot see: events that the RPC endpoint withholds and that the contract's head does not miss, whether the
 * contract at the address is a LotTrace, and whether loggers told the truth.
 *
 * @param bundle directory of the version's bundle
 * @throws CHAIN_REJECTED, CHAIN_UNREACHABLE, BUNDLE_NOT_FOUND
 */
export async function verifyTrace(
  chain: ChainReader,
  query: TraceQuery,
  bundle?: string,
): Promise<TraceVerification> {
  const { contract, lotId } = query
  const { block, events } = await readTrace(chain, query)
  const { journey, checks } = replayTrace({ chainId: chain.chainId, contract }, lotId, events)
  if (journey !== null) {
    checks.push(...(await checkKept(chain, contract, journey, block)))
    checks.push(...(await checkModel(chain, contract, journey, bundle)))
    const isGiven = !checks.some(({ of, result }) => of === 'bundle' && result !== 'holds')
    if (bundle !== undefined && isGiven) {
      const { model } = await loadBundle(bundle)
      checks.push(...journey.steps.map((step) => checkAnswer(model, step)))
    }
  }
  return { valid: checks.every(({ result }) => result !== 'differs'), journey, checks }
}

/** Whether the contract keeps what the events tell, at the block up to which they were read. */
async function checkKept(
  { client }: ChainReader,
  address: Address,
  { lotId, ...journey }: Journey,
  blockNumber: bigint,
): Promise<Check[]> {
  const call = { address, abi: lotTraceAbi, blockNumber } as const
  try {
    const lot = await client.readContract({ ...call, functionName: 'getLot', args: [lotId] })
    const head = await client.readContract({ ...call, functionName: 'headOf', args: [lotId] })
    const same =
      head === journey.head &&
      lotStatuses[lot.status] === journey.status &&
      lot.custodian === journey.custodian &&
      lot.offeredTo === journey.offeredTo &&
      [lot.state, lot.until, lot.steps].join() ===
        [journey.state, journey.until, journey.steps.length].join() &&
      lot.recalled === journey.recalled
    const checks = [
      checkOf(`lot ${lotId}`, 'what is kept', same, `${lot.steps} steps, ${lotStatuses[lot.status]}`),
    ]
    for (const { index, hash } of journey.steps) {
      const kept = await client.readContract({
        ...call,
        functionName: 'stepOf',
        args: [lotId, BigInt(index)],
      })
      checks.push(checkOf(`step ${index}`, 'what is kept', kept.hash === hash, kept.hash))
    }
    return checks
  } catch (error) {
    throw toChainError(error)
  }
}

/** Whether the registry stands by the lot's version, and whether the bundle is that version's. */
async function checkModel(
  chain: ChainReader,
  address: Address,
  { terms }: Journey,
  bundle: string | undefined,
): Promise<Check[]> {
  const { client } = chain
  const read = async () => {
    const verifier = await client.readContract({ address, abi: lotTraceAbi, functionName: 'verifier' })
    return client.readContract({ address: verifier, abi: inferenceVerifierAbi, functionName: 'registry' })
  }
  const registry = await read().catch((error: unknown) => {
    throw toChainError(error)
  })
  return checkVersion(await readModel(chain, { registry, ...terms }), bundle)
}

/** Whether the integer model answers a step's state and readings with its new state. */
function checkAnswer({ inputs, ...model }: QModel, { index, before, readings, state }: ReplayedStep): Check {
  const [first, second] = inputs.map(({ shape }) => sizeOf(shape))
  const isFit = inputs.length === 2 && first === 1 && model.outputs.length === 1
  const check = { of: `step ${index}`, what: 'the model’s answer' } as const
  if (!isFit || second === undefined)
    return { ...check, result: 'unchecked', detail: 'the model does not take state and readings apart' }
  const integers = [[before], lanesOfWord(readings, second)].map((lanes, k) =>
    Float64Array.from(lanes, (lane, i) => lane + ofElement(inputs[k]!.lows, i)),
  )
  const [answer] = Object.values(inferIntegers({ inputs, ...model }, integers).integers)[0]!
  return { ...check, ...resultOf(answer === state), detail: `${answer}, proven ${state}` }
}

function checkOf(of: string, what: string, holds: boolean, detail: string): Check {
  return { of, what, ...resultOf(holds), detail }
}

function resultOf(holds: boolean): Pick<Check, 'result'> {
  return { result: holds ? 'holds' : 'differs' }
}
