import type { Command } from 'commander'
import { openChain } from '#service/cli/open-chain.js'
import { timeText } from '#service/cli/sent-outcome.js'
import { formatFacts, formatTable } from '#service/cli/table.js'
import { type LotFlags, lotOf, withLot } from '#service/cli/trace-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve trace show`: what the chain tells of a lot. */
export function traceShowVerb(trace: Command, { report }: VerbContext): void {
  const command = addCommand(
    trace,
    'show',
    'print a lot and its steps as the chain tells them; nothing is checked',
  )
  withLot(command).action(async (flags: LotFlags) => {
    const { ZkserveError } = await import('#circuits/errors.js')
    const { readTrace } = await import('#service/chain/trace/read-trace.js')
    const { replayTrace } = await import('#service/chain/trace/replay-trace.js')
    const chain = await openChain(flags)
    const query = lotOf(flags)
    const { events } = await readTrace(chain, query)
    const place = { chainId: chain.chainId, contract: query.contract }
    const { journey } = replayTrace(place, query.lotId, events)
    if (journey === null)
      throw new ZkserveError('CHAIN_REJECTED', `the opening of lot ${query.lotId} was not found`, {
        hints: ['Begin looking at an earlier block: --from-block.'],
      })
    const { terms, steps, lotId, loggers, ...lot } = journey
    const facts = formatFacts([
      ['lot', `${lotId}, ${lot.status}${lot.recalled ? ', RECALLED' : ''}`],
      ['maker', lot.maker],
      ['custodian', lot.custodian],
      ['model', `${terms.modelId}:${terms.version}`],
      ['first state', terms.firstState],
      ['state', `${lot.state}, spoiled at ${terms.spoiledAt}`],
      ['traced until', timeText(lot.until)],
      ['head', lot.head],
    ])
    const rows = steps.map((step) => [
      step.index,
      timeText(step.until),
      step.state,
      step.custodian,
      step.hash,
    ])
    const table = formatTable(['step', 'until', 'state', 'custodian', 'hash'], rows)
    report({
      document: {
        ...{ ...lot, lotId: String(lotId), loggers: [...loggers] },
        terms: { ...terms, modelId: String(terms.modelId) },
        steps: steps.map(({ readings, ...step }) => ({ ...step, readings: String(readings) })),
      },
      text: steps.length === 0 ? facts : `${facts}\n\n${table}`,
    })
  })
}
