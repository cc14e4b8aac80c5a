import { Argument, type Command } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { PoolRequest } from '#service/chain/read-pool.js'
import { contractOption, fromBlockOption, keyVariable, readId } from '#service/cli/chain-options.js'
import { describeInference } from '#service/cli/describe-inference.js'
import { durationOption } from '#service/cli/duration.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { type PoolFlags, poolAt, poolRequestOf, withPool } from '#service/cli/pool-options.js'
import { type AnswerFlags, prepareAnswer, proveAnswer } from '#service/cli/prove-answer.js'
import { etherText, sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends PoolFlags, AnswerFlags {}

interface TakeFlags extends Flags {
  /** In ms. */
  readonly leastWindow: number
}

const withAnswer = (command: Command): Command =>
  withPool(command.addArgument(new Argument('<request>', 'its number').argParser(readId)))
    .requiredOption('--bundle <bundle>', "the model's bundle")
    .option('--opening <file>', 'what opens the commitment, where inputs are hashed and it is not on chain')
    .addOption(fromBlockOption())

/** `zkserve pool take`: reserves a request. */
export function poolTakeVerb(pool: Command, { report }: VerbContext): void {
  const command = addCommand(
    pool,
    'take',
    `reserve a request to the account of ${keyVariable}, whose bond is locked; first looks whether the bundle can answer it`,
  )
  withAnswer(command)
    .addOption(
      durationOption(
        '--least-window <time>',
        'the shortest time that is accepted for the answer: where it takes longer, the bond is lost',
      ).default(60_000, '1m'),
    )
    .action(async (requestId: bigint, flags: TakeFlags) => {
      const { callPool } = await import('#service/chain/prover-pool.js')
      const chain = await openToWrite(flags)
      const asked = await readAsked(chain, requestId, flags)
      requireWindow(requestId, asked, flags)
      await prepareAnswer(chain, asked, flags)
      const { pool: address, bond, window } = asked
      const transaction = await callPool(chain, address, 'take', [requestId])
      const { takenUntil } = await poolRequestOf(chain, address, requestId)
      report(
        sentOutcome(transaction, { requestId, pool: address, bond, window, takenUntil }, [
          ['taken', `request ${requestId}, until ${timeText(takenUntil)}`],
          ['bond', etherText(bond)],
        ]),
      )
    })
}

/** Askers choose the window, and get the bond of whoever misses it. @throws ZkserveError `USAGE` */
function requireWindow(
  requestId: bigint,
  { window, bond }: Pick<PoolRequest, 'window' | 'bond'>,
  { leastWindow }: Pick<TakeFlags, 'leastWindow'>,
): void {
  if (window * 1000 >= leastWindow) return
  const message = `request ${requestId} leaves ${window} seconds for its answer, for a bond of ${etherText(bond)}`
  throw new ZkserveError('USAGE', message, {
    hints: ['If a proof of this model takes less, accept that by --least-window.'],
    details: { window, bond: String(bond) },
  })
}

/** `zkserve pool answer`: proves an answer, and is paid for it. */
export function poolAnswerVerb(pool: Command, { report }: VerbContext): void {
  const command = addCommand(
    pool,
    'answer',
    `prove the answer to a request and hand it in; ${keyVariable} pays for gas, and is paid`,
  )
  withAnswer(command)
    .addOption(
      contractOption('payee', 'who is paid; in its window who took the request, and the sender by default'),
    )
    .action(async (requestId: bigint, flags: Flags & { readonly payee?: Address }) => {
      const { poolNonce } = await import('#service/chain/pool-nonce.js')
      const { callPool } = await import('#service/chain/prover-pool.js')
      const chain = await openToWrite(flags)
      const asked = await readAsked(chain, requestId, flags)
      const { payee = chain.account.address } = flags
      const { pool: address, fee } = asked
      const purpose = { requester: address, nonce: poolNonce(requestId, payee) }
      const { proven, inference } = await proveAnswer(chain, { ...asked, ...purpose }, flags)
      const args = [requestId, payee, inference.proof, inference.statement] as const
      const transaction = await callPool(chain, address, 'answer', args)
      const { outputs, integers, label, labels } = proven
      const { statement } = inference
      const answered = sentOutcome(
        transaction,
        { requestId, pool: address, payee, fee, outputs, integers, label, labels, statement },
        [
          ['request', `${requestId}, answered`],
          ['paid to', `${payee}: ${etherText(fee)}, less the royalty`],
        ],
      )
      report({ ...answered, text: `${describeInference(proven)}\n${answered.text}` })
    })
}

/** A request that is not over, and what it asks. */
async function readAsked(chain: ChainReader, requestId: bigint, flags: Flags) {
  const { findPoolQuestion } = await import('#service/chain/read-pool.js')
  const { readVerifierOf } = await import('#service/chain/verifier-of.js')
  const pool = await poolAt(chain, flags)
  const request = await poolRequestOf(chain, pool, requestId)
  const { status, contentHash } = request
  if (status === 'answered' || status === 'refunded')
    throw new ZkserveError('CHAIN_REJECTED', `request ${requestId} is ${status}`, {
      hints: ['See `zkserve pool show`.'],
      details: { reason: 'NotAnswerable', status },
    })
  const fromBlock = BigInt(flags.fromBlock ?? 0)
  const question = await findPoolQuestion(chain, { pool, requestId, contentHash, fromBlock })
  return { pool, ...(await readVerifierOf(chain, pool)), ...request, ...question }
}
