import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import type { TraceQuery } from '#service/chain/trace/read-trace.js'
import { type ChainFlags, contractOption, readId, withChain } from '#service/cli/chain-options.js'

/** Which lot, and from which block on its events are looked for. */
export interface LotFlags extends ChainFlags {
  readonly contract: Address
  readonly lot: bigint
  readonly fromBlock?: bigint
}

/** Adds the options that name a lot. */
export function withLot(command: Command): Command {
  return withChain(command)
    .addOption(contractOption('contract', 'the LotTrace').makeOptionMandatory())
    .addOption(new Option('--lot <number>', 'the lot').argParser(readId).makeOptionMandatory())
    .addOption(
      new Option(
        '--from-block <number>',
        'where to begin looking for events; the first by default',
      ).argParser(readId),
    )
}

/** The lot that the options name. */
export function lotOf({ contract, lot: lotId, fromBlock }: LotFlags): TraceQuery {
  return { contract, lotId, ...(fromBlock === undefined ? {} : { fromBlock }) }
}
