import { type Address, encodeAbiParameters, getAbiItem, type Hex, keccak256, parseAbiParameters } from 'viem'
import { lotTraceAbi } from '#contracts/generated/LotTrace.js'

/** The contract's struct `Terms`: what a lot's maker fixes for good. */
export interface LotTerms {
  readonly modelId: bigint
  readonly version: number
  /** Seconds that a count of a band stands for. */
  readonly tick: number
  /** How many of the readings' lanes, from the lowest on, count ticks. */
  readonly bands: number
  /** The model's integers: the state at the start, and the one from which down the lot is spoiled. */
  readonly firstState: number
  readonly spoiledAt: number
  /** Seconds since 1970. */
  readonly start: number
  /** Seconds after the last reading within which a lot changes hands. */
  readonly maxLag: number
  /** A hash of what the lot is. */
  readonly product: Hex
}

/** A contract on a chain. */
export interface TracePlace {
  readonly chainId: number
  readonly contract: Address
}

/** What a step's hash takes in besides the hash before it. */
export interface StepContent {
  readonly custodian: Address
  readonly logger: Address
  /** Seconds since 1970. */
  readonly until: number
  /** The proof's: state before, readings, state after. */
  readonly statement: readonly [bigint, bigint, bigint]
}

const before = parseAbiParameters('uint256 chainId, address contract_, uint256 lotId, address maker')
const terms = getAbiItem({ abi: lotTraceAbi, name: 'open' }).inputs
const content = parseAbiParameters('bytes32, address, address, uint48, uint256, uint256, uint256')

/** The hash before any step, as TraceHash.sol has it. */
export function openingHash(
  { chainId, contract }: TracePlace,
  lot: {
    readonly lotId: bigint
    readonly maker: Address
    readonly terms: LotTerms
    readonly loggers: readonly Address[]
  },
): Hex {
  const values = [BigInt(chainId), contract, lot.lotId, lot.maker, lot.terms, lot.loggers] as const
  return keccak256(encodeAbiParameters([...before, ...terms], values))
}

/** The hash of a step after another: the nonce of the next step's proof. */
export function stepHash(previous: Hex, { custodian, logger, until, statement }: StepContent): Hex {
  return keccak256(encodeAbiParameters(content, [previous, custodian, logger, until, ...statement]))
}
