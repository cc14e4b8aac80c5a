import { createTestClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect } from 'vitest'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deploySharedContracts } from '#service/chain/deploy-shared-contracts.js'
import { startAnvil } from '#service/chain/start-anvil.js'
import { callCommand, callJson, type Finished, type JsonReply } from './command-line.js'

/** Verbs on a development chain with the contracts that serve all of a chain. */
export interface CliChain {
  readonly rpcUrl: string
  /** Of the funded accounts. */
  readonly accounts: readonly `0x${string}`[]
  /** An account, for what no verb does. */
  writer(account: number): Promise<ChainWriter>
  /** Runs a verb in nobody's name, or in that of an account; `--rpc` is added. */
  call(args: readonly string[], account?: number): Promise<JsonReply>
  /** The same for people. */
  say(args: readonly string[], account?: number): Promise<Finished>
  /** The document of a verb that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of all verbs
  done(args: readonly string[], account?: number): Promise<any>
  /** The error of a verb that must be refused with this exit code. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of all verbs
  refused(args: readonly string[], account?: number, code?: number): Promise<any>
  /** Moves the chain's clock on. */
  pass(seconds: number): Promise<void>
  stop(): Promise<void>
}

export async function startCliChain(): Promise<CliChain> {
  const { rpcUrl, privateKeys, stop } = await startAnvil()
  await deploySharedContracts(await connectChain({ rpcUrl, privateKey: privateKeys[0]! }))
  const clock = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  const inNameOf = (account?: number): void => {
    if (account === undefined) delete process.env.ZKSERVE_PRIVATE_KEY
    else process.env.ZKSERVE_PRIVATE_KEY = privateKeys[account]
  }
  const call = (args: readonly string[], account?: number) => {
    inNameOf(account)
    return callJson([...args, '--rpc', rpcUrl])
  }
  return {
    rpcUrl,
    writer: (account) => connectChain({ rpcUrl, privateKey: privateKeys[account]! }),
    accounts: privateKeys.map((key) => privateKeyToAccount(key).address),
    call,
    say: (args, account) => {
      inNameOf(account)
      return callCommand([...args, '--rpc', rpcUrl])
    },
    done: async (args, account) => {
      const { code, document } = await call(args, account)
      expect({ code, document }).toMatchObject({ code: 0 })
      return document
    },
    refused: async (args, account, expected = 2) => {
      const { code, document } = await call(args, account)
      expect({ code, document }).toMatchObject({ code: expected, document: { error: {} } })
      return document.error
    },
    pass: async (seconds) => {
      await clock.increaseTime({ seconds })
      await clock.mine({ blocks: 1 })
    },
    stop,
  }
}
