import type { Address } from 'viem'
import { provenDigitAbi } from '#contracts/generated/ProvenDigit.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { toChainError } from '#service/chain/to-chain-error.js'

const statuses = ['none', 'open', 'answered'] as const

/** A request to a ProvenDigit; `digit` means something once it is answered. */
export interface DigitRequest {
  readonly status: (typeof statuses)[number]
  readonly digit: number
}

/** Reads where a request stands. @throws CHAIN_UNREACHABLE */
export async function readDigit(
  chain: ChainReader,
  { provenDigit, nonce }: { provenDigit: Address; nonce: bigint },
): Promise<DigitRequest> {
  try {
    const { status, digit } = await chain.client.readContract({
      address: provenDigit,
      abi: provenDigitAbi,
      functionName: 'getRequest',
      args: [nonce],
    })
    return { status: statuses[status]!, digit }
  } catch (error) {
    throw toChainError(error)
  }
}
