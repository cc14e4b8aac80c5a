import type { AddressInfo } from 'node:net'
import { type Address, erc20Abi } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { Bundle } from '#prover/bundle/load.js'
import { deployPaymentToken } from '#service/chain/deploy-payment-token.js'
import type { GivenConfig } from '#service/config/resolve.js'
import { type Deployed, type Stage, setStage } from '#service/demo/stage.js'
import { ExactFacilitator } from '#service/payments/facilitator/exact-facilitator.js'
import { createFacilitator } from '#service/payments/facilitator/facilitator-app.js'

/** A service that is paid, and somebody with money. */
export interface PaidStage extends Stage {
  readonly token: Address
  readonly network: string
  /** Has tokens and no ether: it signs, and sends nothing. */
  readonly agent: PrivateKeyAccount
  /** Whom the service earns for. */
  readonly owner: Address
  /** Millionths of a token. */
  balanceOf(account: Address): Promise<bigint>
}

/** What the agent has at first: ten tokens. */
const wealth = 10_000_000n
/** A cent for each inference, and five for each million constraints. */
const price = { paymentPrice: '10000', paymentPricePerMillion: '50000' }

/** Sets up a chain with a token, a facilitator whose account pays for gas, and a service that is paid. */
export async function setPaidStage(bundle: Bundle): Promise<PaidStage> {
  const agent = privateKeyToAccount(generatePrivateKey())
  const owner = privateKeyToAccount(generatePrivateKey()).address
  let token: Address | undefined
  let end = async (): Promise<unknown> => undefined
  const prepare = async ({ chain, rpcUrl }: Deployed): Promise<GivenConfig> => {
    const name = 'Example Dollar'
    const deployed = await deployPaymentToken(chain, {
      ...{ name, symbol: 'EXD', supply: wealth, holder: agent.address },
    })
    token = deployed.address
    const facilitator = createFacilitator(
      new ExactFacilitator({ chain, assets: [token], payTo: [owner] }),
      'warn',
    )
    end = () => facilitator.close()
    await facilitator.listen({ host: '127.0.0.1', port: 0 })
    const { port } = facilitator.server.address() as AddressInfo
    return {
      paymentTo: owner,
      paymentAsset: token,
      paymentAssetName: name,
      paymentAssetVersion: '1',
      paymentFacilitator: `http://127.0.0.1:${port}`,
      paymentRpc: rpcUrl,
      concurrency: 1,
      ...price,
    }
  }
  const stage = await setStage([bundle], { port: 0, prepare }).catch(async (error: unknown) => {
    await end()
    throw error
  })
  return {
    ...stage,
    ...{ agent, owner, token: token!, network: `eip155:${stage.chain.chainId}` },
    balanceOf: (account) =>
      stage.chain.client.readContract({
        ...{ address: token!, abi: erc20Abi, functionName: 'balanceOf', args: [account] },
      }),
    close: async () => {
      await stage.close()
      await end()
    },
  }
}
