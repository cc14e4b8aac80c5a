import type { AddressInfo } from 'node:net'
import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** The variable with the key of the account that pays for gas: flags can be seen by others. */
const keyVariable = 'ZKSERVE_FACILITATOR_KEY'

interface Flags {
  readonly rpc: string
  readonly asset: readonly string[]
  readonly payTo: readonly string[]
  readonly host: string
  readonly port: string
}

const about = `
The account of ${keyVariable} (a private key, 0x hex) pays for gas: give it little, and keep the port from strangers.
What is paid never touches it.`

/** `zkserve facilitator`: checks and submits payments of x402, until it is stopped. */
export function facilitatorVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(program, 'facilitator', 'check and submit payments of x402 by EIP-3009')
    .requiredOption('--rpc <url>', 'JSON-RPC address of the chain')
    .requiredOption('--asset <addresses...>', 'tokens whose payments are submitted')
    .requiredOption('--pay-to <addresses...>', 'accounts whose payments are submitted')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'TCP port to listen on; 0 takes a free one', '8402')
    .addHelpText('after', about)
  command.action(async ({ rpc, asset, payTo, host, port }: Flags) => {
    const { connectChain } = await import('#service/chain/connect-chain.js')
    const { ExactFacilitator } = await import('#service/payments/facilitator/exact-facilitator.js')
    const { createFacilitator } = await import('#service/payments/facilitator/facilitator-app.js')
    const privateKey = process.env[keyVariable] as `0x${string}` | undefined
    delete process.env[keyVariable]
    if (privateKey === undefined) throw new ZkserveError('USAGE', `${keyVariable} is not set`)
    for (const address of [...asset, ...payTo]) {
      if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new ZkserveError('USAGE', `"${address}" is no address`)
    }
    if (!/^\d{1,5}$/.test(port)) throw new ZkserveError('USAGE', `"${port}" is no port`)
    const chain = await connectChain({ rpcUrl: rpc, privateKey })
    const facilitator = new ExactFacilitator({ chain, assets: asset, payTo })
    const server = createFacilitator(facilitator)
    await server.listen({ host, port: Number(port) })
    const { port: listening } = server.server.address() as AddressInfo
    const url = `http://${host}:${listening}`
    const text = `the facilitator listens on ${url}, for ${facilitator.network}; gas is paid by ${chain.account.address}`
    report({ document: { url, network: facilitator.network, signer: chain.account.address }, text })
    const stopped = new Promise<void>((resolve) => server.server.once('close', resolve))
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.close())
    await stopped
  })
}
