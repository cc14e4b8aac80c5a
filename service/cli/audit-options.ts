import { InvalidArgumentError, Option } from 'commander'
import type { AuditHead } from '#service/audit/verify-chain.js'
import { contractOption } from '#service/cli/chain-options.js'

/** `SEQ:HASH`, as `zkserve audit head` prints it. */
export function readHeads(text: string, before: readonly AuditHead[] = []): readonly AuditHead[] {
  const [, seq, hash] = /^(\d{1,15}):(?:0x)?([0-9a-fA-F]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('Expected a number, a colon and 64 hex digits.')
  return [...before, { seq: Number(seq), hash: hash.toLowerCase() }]
}

/** Where an AuditAnchor is. */
export const chainOptions = (): readonly Option[] => [
  new Option('--rpc <url>', 'JSON-RPC endpoint of the chain with the anchors'),
  contractOption('contract', 'the AuditAnchor contract'),
]
