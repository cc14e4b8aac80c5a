import { createTestClient, erc20Abi, http, parseEther } from 'viem'
import { generatePrivateKey } from 'viem/accounts'
import { paymentTokenAbi, paymentTokenBytecode } from '#contracts/generated/PaymentToken.js'
import type { Bundle } from '#prover/bundle/load.js'
import { transferTokens } from '#scripts/examples/transfer-tokens.js'
import { freePort } from '#scripts/fleet/free-port.js'
import { type AgentContracts, deployAgents } from '#service/agents/deploy-agents.js'
import { registerAgent } from '#service/agents/identities.js'
import { ordersName, registrationPath } from '#service/agents/registration-file.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContract } from '#service/chain/deploy-contract.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { type Deployed, type Stage, setStage } from '#service/demo/stage.js'

/** A market of two sellers and a buyer: contracts, accounts, and the service of the honest seller. */
export interface Market extends Stage {
  readonly contracts: AgentContracts
  readonly buyer: ChainWriter
  readonly seller: ChainWriter
  readonly cheat: ChainWriter
  readonly agents: Readonly<Record<'seller' | 'cheat', bigint>>
  /** TCP port at which the card says that orders are taken. */
  readonly ordersPort: number
  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void>
  balanceOf(account: ChainWriter): Promise<bigint>
}

/** Units of a token with six decimals. */
const million = 1_000_000n

/** Sets up a chain, registries, an escrow, and a service that shows itself as the seller's agent. */
export async function setMarket(bundles: readonly Bundle[]): Promise<Market> {
  // The service tells its address before it listens.
  const [port, ordersPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  let prepared: Omit<Market, keyof Stage | 'pass' | 'balanceOf' | 'ordersPort'> | undefined
  const prepare = async (deployed: Deployed) => {
    prepared = await openMarket(deployed, url)
    const { contracts, agents } = prepared
    const name = `eip155:${deployed.chain.chainId}:${contracts.identities}`
    return {
      publicUrl: url,
      agentName: 'Crop risks',
      mcp: true,
      agentServices: [`${ordersName}=http://127.0.0.1:${ordersPort}/orders`],
      // Both say that this service is theirs; whose account works for it, nobody can tell.
      agentRegistrations: [`${name}/${agents.seller}`, `${name}/${agents.cheat}`],
    }
  }
  const stage = await setStage(bundles, { port, prepare })
  const { contracts, ...others } = prepared!
  const clock = createTestClient({ mode: 'anvil', transport: http(stage.rpcUrl) })
  return {
    ...stage,
    ...others,
    contracts,
    ordersPort,
    pass: async (seconds) => {
      await clock.increaseTime({ seconds })
      await clock.mine({ blocks: 1 })
    },
    balanceOf: ({ account }) =>
      stage.chain.client.readContract({
        ...{ address: contracts.token, abi: erc20Abi, functionName: 'balanceOf' },
        args: [account.address],
      }),
  }
}

async function openMarket({ chain, verifier, rpcUrl }: Deployed, url: string) {
  const newcomer = async (): Promise<ChainWriter> => {
    const writer = await connectChain({ rpcUrl, privateKey: generatePrivateKey() })
    await sendTransaction(chain, { to: writer.account.address, data: '0x', value: parseEther('10') })
    return writer
  }
  const [buyer, seller, cheat] = [await newcomer(), await newcomer(), await newcomer()]
  const supply = ['Dollars of the example', 'USDX', 1000n * million, chain.account.address]
  const { address: token } = await deployContract(chain, paymentTokenAbi, paymentTokenBytecode, supply)
  await transferTokens(chain, token, buyer.account.address, 100n * million)
  const contracts = await deployAgents(chain, { verifier, token })
  const { identities } = contracts
  const uri = `${url}${registrationPath}`
  const agents = {
    seller: (await registerAgent(seller, { identities, uri })).agentId,
    cheat: (await registerAgent(cheat, { identities, uri })).agentId,
  }
  return { contracts, buyer, seller, cheat, agents }
}
