import { type Address, concat, type Hex, keccak256, numberToHex, type TypedDataDefinition } from 'viem'
import type { ModelFacts } from '#prover/bundle/manifest.js'
import type { ProofBinding } from '#prover/context.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import { type Receipt, receiptDomain, receiptTypes } from '#service/receipts/receipt.js'

/** A result that a receipt is about. */
export interface ReceiptSubject extends ProofWithSignals {
  readonly manifest: ModelFacts
  readonly context: ProofBinding
  /** The integers that the proof speaks of, by output name. */
  readonly integers: Readonly<Record<string, readonly number[]>>
  /** Seconds since 1970. */
  readonly issuedAt: number
}

export type ReceiptData = TypedDataDefinition<typeof receiptTypes, 'Receipt'>

/** What a receipt of the result says, as it is signed: it follows from the result alone. @throws INVALID_PROOF */
export function receiptDataOf({ manifest, context, integers, issuedAt, ...proven }: ReceiptSubject) {
  const requester = context.requester.toLowerCase() as Address
  const nonce = BigInt(context.nonce)
  const { proof } = encodeProofCalldata({ ...proven, requester, nonce })
  const signals = proven.publicSignals.map(BigInt)
  const [modelHash, circuitHash, vkHash] = [
    manifest.modelHash,
    manifest.circuitHash,
    manifest.vkHash,
  ] as Hex[]
  return {
    domain: {
      ...receiptDomain,
      chainId: BigInt(context.chainId),
      verifyingContract: context.verifier.toLowerCase() as Address,
    },
    types: receiptTypes,
    primaryType: 'Receipt',
    message: {
      modelHash: modelHash!,
      circuitHash: circuitHash!,
      vkHash: vkHash!,
      inputs: inputsDigest(manifest, signals),
      outputs: digest(manifest.outputs.flatMap(({ name }) => integers[name]!).map(BigInt)),
      publicSignals: digest(signals),
      proof: digest(proof),
      requester,
      nonce,
      issuedAt: BigInt(issuedAt),
    },
  } satisfies ReceiptData
}

/** Typed data as JSON, without what the signer adds. */
export function receiptJson({
  domain,
  message,
}: ReturnType<typeof receiptDataOf>): Pick<Receipt, 'domain' | 'message'> {
  return {
    domain: { ...domain, chainId: domain.chainId.toString() },
    message: { ...message, nonce: numberToHex(message.nonce), issuedAt: Number(message.issuedAt) },
  }
}

function inputsDigest(manifest: ModelFacts, signals: readonly bigint[]): Hex {
  if (manifest.inputMode === 'hashed') return wordOf(signals[0]!)
  return digest(signals.filter((_, i) => manifest.publicSignals[i]?.kind === 'input'))
}

/** keccak256 of numbers as words, negative ones in two's complement. */
function digest(values: readonly bigint[]): Hex {
  return keccak256(concat(values.map(wordOf)))
}

function wordOf(value: bigint): Hex {
  return numberToHex(BigInt.asUintN(256, value), { size: 32 })
}
