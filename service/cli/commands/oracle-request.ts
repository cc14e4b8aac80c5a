import type { Command } from 'commander'
import { keyVariable } from '#service/cli/chain-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { type OracleFlags, oracleAt, withOracle } from '#service/cli/oracle-options.js'
import {
  composeQuestion,
  type QuestionFlags,
  questionFacts,
  withQuestion,
} from '#service/cli/question-options.js'
import { percentText, sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve oracle request`: asks, and escrows the fee. */
export function oracleRequestVerb(oracle: Command, { report }: VerbContext): void {
  const command = addCommand(
    oracle,
    'request',
    `ask a version of a model about an input; ${keyVariable} pays, and gets back what is left or not answered`,
  )
  withQuestion(withOracle(command)).action(async (flags: OracleFlags & QuestionFlags) => {
    const { requestInference } = await import('#service/chain/request-inference.js')
    const chain = await openToWrite(flags)
    const place = await oracleAt(chain, flags)
    const question = await composeQuestion(chain, place.registry, flags)
    const sent = { ...question, oracle: place.oracle, maxFee: flags.fee }
    const { requestId, royaltyBps, transaction } = await requestInference(chain, sent)
    const { data: _, ...asked } = question
    report(
      sentOutcome(
        transaction,
        { requestId, chainId: chain.chainId, oracle: place.oracle, ...asked, fee: flags.fee, royaltyBps },
        [
          ['request', String(requestId)],
          ...questionFacts(question, flags.fee),
          ['of it, for the holder', `${percentText(royaltyBps)} at most`],
          ['oracle', place.oracle],
        ],
      ),
    )
  })
}
