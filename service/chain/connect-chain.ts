import {
  type Account,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type HttpTransport,
  http,
  type PublicClient,
  type WalletClient,
} from 'viem'
import { createNonceManager, privateKeyToAccount } from 'viem/accounts'
import { jsonRpc } from 'viem/nonce'
import { ZkserveError } from '#circuits/errors.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** A chain that can be read. */
export interface ChainReader {
  readonly chainId: number
  readonly client: PublicClient<HttpTransport, Chain>
  /** Block from which contracts are searched for events; the first by default. */
  readonly eventsFrom?: bigint
}

/** A chain that can be written to, in the name of an account. */
export interface ChainWriter extends ChainReader {
  readonly account: Account
  readonly wallet: WalletClient<HttpTransport, Chain, Account>
}

export interface ConnectOptions {
  /** http or https address of a JSON-RPC endpoint. */
  readonly rpcUrl: string
  /** Time limit of one request, in milliseconds. */
  readonly timeout?: number
}

export interface ConnectWriterOptions extends ConnectOptions {
  /** Key of the account that pays and signs, 32 bytes. It never leaves this process. */
  readonly privateKey: `0x${string}`
}

/** anvil mines at once; elsewhere blocks take seconds. */
const pollingInterval = { development: 50, elsewhere: 2_000 }
const anvilChainId = 31337

/**
 * Connects to a chain; with a private key, to write.
 *
 * @throws CHAIN_UNREACHABLE if the endpoint does not answer; USAGE if address or key are malformed.
 */
export function connectChain(options: ConnectWriterOptions): Promise<ChainWriter>
export function connectChain(options: ConnectOptions): Promise<ChainReader>
export async function connectChain(
  options: ConnectOptions & Partial<ConnectWriterOptions>,
): Promise<ChainReader | ChainWriter> {
  const { rpcUrl, privateKey, timeout = 30_000 } = options
  if (!/^https?:\/\/./.test(rpcUrl)) throw new ZkserveError('USAGE', 'the RPC address is not an http(s) URL')
  const transport = http(rpcUrl, { timeout, retryCount: 1 })
  const id = await createPublicClient({ transport })
    .getChainId()
    .catch((cause: unknown) => {
      const error = toChainError(cause)
      if (error.code !== 'INTERNAL') throw error
      throw new ZkserveError('CHAIN_UNREACHABLE', 'what answers at the RPC address is no chain', { cause })
    })
  const chain = defineChain({
    id,
    name: id === anvilChainId ? 'anvil' : `chain ${id}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const polling = id === anvilChainId ? pollingInterval.development : pollingInterval.elsewhere
  const client = createPublicClient({ chain, transport, pollingInterval: polling })
  if (privateKey === undefined) return { chainId: id, client }
  const account = readAccount(privateKey)
  const wallet = createWalletClient({ chain, transport, account, pollingInterval: polling })
  return { chainId: id, client, account, wallet }
}

/** Each connection counts nonces by itself, so that parallel transactions do not collide. */
function readAccount(privateKey: `0x${string}`): Account {
  if (!/^0x[0-9a-fA-F]{64}$/.test(privateKey)) {
    throw new ZkserveError('USAGE', 'the private key is not 0x and 64 hex digits')
  }
  return privateKeyToAccount(privateKey, { nonceManager: createNonceManager({ source: jsonRpc() }) })
}
