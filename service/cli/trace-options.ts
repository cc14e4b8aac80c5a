import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import type { TraceQuery } from '#service/chain/trace/read-trace.js'
import {
  type ChainFlags,
  contractOption,
  fromBlockOption,
  readId,
  withChain,
} from '#service/cli/chain-options.js'

/** Which lot. */
export interface LotFlags extends ChainFlags {
  readonly contract: Address
  readonly lot: bigint
}

/** Adds the options that name a lot. */
export function withLot(command: Command): Command {
  return withChain(command)
    .addOption(contractOption('contract', 'the LotTrace').makeOptionMandatory())
    .addOption(new Option('--lot <number>', 'the lot').argParser(readId).makeOptionMandatory())
    .addOption(fromBlockOption())
}

/** The lot that the options name. */
export function lotOf({ contract, lot: lotId, fromBlock }: LotFlags): TraceQuery {
  return { contract, lotId, ...(fromBlock === undefined ? {} : { fromBlock: BigInt(fromBlock) }) }
}
