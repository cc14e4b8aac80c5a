import { Argument, type Command } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { contractOption, fromBlockOption, readId } from '#service/cli/chain-options.js'
import { describeInference } from '#service/cli/describe-inference.js'
import { chainTime, openChain } from '#service/cli/open-chain.js'
import { type OracleFlags, oracleAt, requestOf, withOracle } from '#service/cli/oracle-options.js'
import { readStatement } from '#service/cli/read-statement.js'
import { etherText, percentText, timeText } from '#service/cli/sent-outcome.js'
import { type Cell, formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends OracleFlags {
  readonly account?: Address
  readonly bundle?: string
}

/** `zkserve oracle show`: where a request stands, and what an account may withdraw. */
export function oracleShowVerb(oracle: Command, { report }: VerbContext): void {
  const command = addCommand(
    oracle,
    'show',
    'print where a request stands, its answer where there is one, and what an account may withdraw',
  ).addArgument(new Argument('[request]', 'its number').argParser(readId))
  withOracle(command)
    .addOption(contractOption('account', 'print the credit of this account'))
    .option('--bundle <bundle>', "the model's bundle or public view, to print outputs instead of words")
    .addOption(fromBlockOption())
    .action(async (requestId: bigint | undefined, flags: Flags) => {
      if (requestId === undefined && flags.account === undefined)
        throw new ZkserveError('USAGE', 'a request, or --account, is needed')
      const chain = await openChain(flags)
      const place = await oracleAt(chain, flags)
      const facts: (readonly [string, Cell])[] = [['oracle', `${place.oracle} on chain ${chain.chainId}`]]
      const document: Record<string, unknown> = { chainId: chain.chainId, ...place }
      if (flags.account !== undefined) {
        const { readCredit } = await import('#service/chain/read-credit.js')
        const credit = await readCredit(chain, { contract: place.oracle, account: flags.account })
        Object.assign(document, { account: flags.account, credit })
        facts.push(['credit', `${etherText(credit)} of ${flags.account}`])
      }
      const outputs: string[] = []
      if (requestId !== undefined) {
        const request = await requestOf(chain, place.oracle, requestId)
        const { status, asker, modelId, version, maxFee, royaltyBps, deadline } = request
        const isOver = status === 'open' && deadline < (await chainTime(chain))
        Object.assign(document, { requestId, ...request, isOver })
        facts.push(
          ['request', `${requestId}, ${status}`],
          ['asker', asker],
          ['model', `${modelId}:${version}`],
          ['fee', `${etherText(maxFee)}, of it ${percentText(royaltyBps)} at most for the holder`],
          ['deadline', `${timeText(deadline)}${isOver ? ', which passed' : ''}`],
        )
        if (status === 'fulfilled' || status === 'undelivered') {
          const { findAnswer } = await import('#service/chain/oracle-events.js')
          const { contentHash } = request
          const fromBlock = BigInt(flags.fromBlock ?? 0)
          const answer = await findAnswer(chain, { oracle: place.oracle, requestId, contentHash, fromBlock })
          const { payee, fee, royalty, statement } = answer
          facts.push(['answered by', `${payee} for ${etherText(fee)}, royalty ${etherText(royalty)}`])
          Object.assign(document, { answer })
          if (flags.bundle === undefined) facts.push(['statement', statement.join(' ')])
          else {
            const read = await readStatement(chain, { ...place, modelId, version, statement }, flags.bundle)
            Object.assign(document, { inference: read })
            outputs.push(describeInference({ ...read, saturated: 0 }))
          }
        }
      }
      report({ document, text: [formatFacts(facts), ...outputs].join('\n') })
    })
}
