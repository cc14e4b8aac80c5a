import type { OracleRequest } from '#service/oracle/oracle-request.js'

/** What answers must bring in. */
export interface Pricing {
  /** In wei, for a million constraints that are proven. */
  readonly perMillionConstraints: bigint
  /** Percent of what the chain is expected to charge that the fee must cover beside it. */
  readonly gasMargin: number
}

/** `fulfil` of a statement of three signals for a payee without credit, measured, and rounded up. */
const plainGas = 300_000n
/** For each further public signal: a multiplication and an addition on the curve, calldata, hashing. */
const signalGas = 8_000n
const measuredSignals = 3
/** To set a callback up, and to record that it failed. */
const callbackOverhead = 20_000n

/** Gas that an answer may take at most: its callback's whole promise, of which 63/64 are passed on (EIP-150). */
export function expectedGas({ callbackGas }: Pick<OracleRequest, 'callbackGas'>, signals: number): bigint {
  const further = BigInt(Math.max(0, signals - measuredSignals))
  const promised = BigInt(callbackGas)
  const callback = promised === 0n ? 0n : (promised * 64n) / 63n + callbackOverhead
  return plainGas + further * signalGas + callback
}

/** What the prover gets of the whole fee when the holder takes all that it may, in wei. */
export function shareOf({ maxFee, royaltyBps }: Pick<OracleRequest, 'maxFee' | 'royaltyBps'>): bigint {
  return maxFee - (maxFee * BigInt(royaltyBps)) / 10_000n
}

/** Price of a proof, in wei. */
export function proofPrice(constraints: number, { perMillionConstraints }: Pricing): bigint {
  return (BigInt(constraints) * perMillionConstraints) / 1_000_000n
}

/** What the chain charges, in wei. */
export interface ChainCosts {
  /** For a unit of gas. */
  readonly gasPrice: bigint
  /** For the data of an answer, beside gas. */
  readonly dataFee: bigint
}

/** Whether the fee covers what the chain charges with its margin, and the proof. */
export function isWorthIt(
  request: OracleRequest,
  { constraints, signals }: { readonly constraints: number; readonly signals: number },
  { gasPrice, dataFee }: ChainCosts,
  pricing: Pricing,
): boolean {
  const charged = expectedGas(request, signals) * gasPrice + dataFee
  const wanted = (charged * BigInt(100 + pricing.gasMargin)) / 100n
  return shareOf(request) >= wanted + proofPrice(constraints, pricing)
}
