import { toChainError } from '#service/chain/to-chain-error.js'

/** Asks a chain. @throws ZkserveError `CHAIN_UNREACHABLE`, `CHAIN_REJECTED` */
export async function asked<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question()
  } catch (error) {
    throw toChainError(error)
  }
}
