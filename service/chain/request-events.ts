import { encodePacked, type Hex, keccak256 } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { type BlockRange, searchEvents } from '#service/chain/search-events.js'

/** Which request's event is searched, and from which block on. */
export interface SearchedRequest {
  readonly requestId: bigint
  /** Of the words that the event must tell; the contract keeps it. */
  readonly contentHash: Hex
  readonly fromBlock: bigint
}

/** An answer as a contract told it. */
export interface ToldAnswer {
  /** Whom it paid. */
  readonly payee: `0x${string}`
  /** Of what was paid, for the model's holder, in wei. */
  readonly royalty: bigint
  /** The public signals but the last. */
  readonly statement: readonly bigint[]
}

/**
 * What the event of an open request says.
 * @param read events of this request
 * @throws CHAIN_INCONSISTENT where the endpoint tells nothing, or something else; CHAIN_UNREACHABLE
 */
export function searchQuestion<Told extends { readonly input: readonly bigint[] }>(
  chain: ChainReader,
  request: SearchedRequest,
  read: (range: BlockRange) => Promise<readonly { readonly args: Told }[]>,
): Promise<Told> {
  return search(chain, request, 'question', read, ({ input }) => input)
}

/** The same of the event of an answer. */
export function searchAnswer<Told extends ToldAnswer>(
  chain: ChainReader,
  request: SearchedRequest,
  read: (range: BlockRange) => Promise<readonly { readonly args: Told }[]>,
): Promise<Told> {
  return search(chain, request, 'answer', read, ({ statement }) => statement)
}

async function search<Told>(
  chain: ChainReader,
  { requestId, contentHash, fromBlock }: SearchedRequest,
  what: string,
  read: (range: BlockRange) => Promise<readonly { readonly args: Told }[]>,
  wordsOf: (told: Told) => readonly bigint[],
): Promise<Told> {
  const found = await searchEvents(chain, read, fromBlock)
  const isTold = found !== null && hashOf(wordsOf(found.args)) === contentHash
  if (isTold) return found.args
  throw new ZkserveError(
    'CHAIN_INCONSISTENT',
    `the endpoint does not tell the ${what} of request ${requestId}`,
    {
      hints: [
        'It may have forgotten old events: take another, or search from an earlier block by --from-block.',
      ],
    },
  )
}

function hashOf(words: readonly bigint[]): Hex {
  return keccak256(encodePacked(['uint256[]'], [words]))
}
