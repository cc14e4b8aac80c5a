import type { Hex } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { sendTransaction } from '#service/chain/send-transaction.js'

/** A new account with this much of the giver's money, in wei, connected. */
export async function fundAccount(
  giver: ChainWriter,
  rpcUrl: string,
  value: bigint,
): Promise<{ readonly account: ChainWriter; readonly privateKey: Hex }> {
  const privateKey = generatePrivateKey()
  await sendTransaction(giver, { to: privateKeyToAddress(privateKey), data: '0x', value })
  return { account: await connectChain({ rpcUrl, privateKey }), privateKey }
}
