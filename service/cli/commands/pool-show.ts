import { Argument, type Command } from 'commander'
import type { Address } from 'viem'
import { contractOption, fromBlockOption, readId } from '#service/cli/chain-options.js'
import { chainTime, openChain } from '#service/cli/open-chain.js'
import { type PoolFlags, poolAt, poolRequestOf, withPool } from '#service/cli/pool-options.js'
import { etherText, timeText } from '#service/cli/sent-outcome.js'
import { type Cell, formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends PoolFlags {
  readonly account?: Address
  readonly asker?: Address
}

/** `zkserve pool show`: where a request stands, what an account has there. */
export function poolShowVerb(pool: Command, { report }: VerbContext): void {
  const command = addCommand(
    pool,
    'show',
    'print the epoch, where a request stands, what an account has at stake and to withdraw',
  ).addArgument(new Argument('[request]', 'its number').argParser(readId))
  withPool(command)
    .addOption(contractOption('account', 'print stake and credit of this account'))
    .addOption(contractOption('asker', 'and what it did for this asker'))
    .addOption(fromBlockOption())
    .action(async (requestId: bigint | undefined, flags: Flags) => {
      const { readCredit } = await import('#service/chain/read-credit.js')
      const { findPoolAnswer, readEpochNumber, readReputation, readStake } = await import(
        '#service/chain/read-pool.js'
      )
      const { account, asker } = flags
      const chain = await openChain(flags)
      const address = await poolAt(chain, flags)
      const epoch = await readEpochNumber(chain, { pool: address })
      const now = await chainTime(chain)
      const document: Record<string, unknown> = { chainId: chain.chainId, pool: address, epoch }
      const facts: (readonly [string, Cell])[] = [
        ['pool', `${address} on chain ${chain.chainId}`],
        ['epoch', String(epoch)],
      ]
      if (requestId !== undefined) {
        const request = await poolRequestOf(chain, address, requestId)
        const { status, taker, takenUntil, fee, bond, deadline, modelId, version, contentHash } = request
        const isMissed = status === 'taken' && takenUntil < now
        Object.assign(document, { requestId, ...request, isMissed })
        facts.push(
          ['request', `${requestId}, ${status}${isMissed ? ', and missed: `pool slash`' : ''}`],
          ['asker', request.asker],
          ['model', `${modelId}:${version}`],
          ['fee', etherText(fee)],
          ['bond', `${etherText(bond)}, for ${request.window} seconds`],
          ['deadline', `${timeText(deadline)}${deadline < now ? ', which passed' : ''}`],
        )
        if (takenUntil > 0) facts.push(['taken by', `${taker}, until ${timeText(takenUntil)}`])
        if (status === 'answered') {
          const fromBlock = BigInt(flags.fromBlock ?? 0)
          const answer = await findPoolAnswer(chain, { pool: address, requestId, contentHash, fromBlock })
          Object.assign(document, { answer })
          facts.push(['answered by', answer.payee], ['statement', answer.statement.join(' ')])
        }
      }
      if (account !== undefined) {
        const stake = await readStake(chain, { pool: address, prover: account })
        const credit = await readCredit(chain, { contract: address, account })
        Object.assign(document, { account, stake, credit })
        const { free, bonded, unbonding, leavesAt } = stake
        const leaving = unbonding === 0n ? '' : `, ${etherText(unbonding)} leaving at ${timeText(leavesAt)}`
        facts.push(
          ['account', account],
          ['stake', `${etherText(free)} free, ${etherText(bonded)} bonded${leaving}`],
          ['credit', etherText(credit)],
        )
        if (asker !== undefined) {
          const reputation = await readReputation(chain, { pool: address, prover: account, asker })
          const { answered, missed, value } = reputation
          Object.assign(document, { reputation: { asker, ...reputation } })
          facts.push(['for this asker', `${answered} answered for ${etherText(value)}, ${missed} missed`])
        }
      }
      report({ document, text: formatFacts(facts) })
    })
}
