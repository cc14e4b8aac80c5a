import { InvalidArgumentError, Option } from 'commander'
import type { Address } from 'viem'
import type { AuditHead } from '#service/audit/verify-chain.js'

/** A whole number from 1 on. */
export function readNumber(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number
  throw new InvalidArgumentError('Expected a whole number from 1 on.')
}

/** `SEQ:HASH`, as `zkserve audit head` prints it. */
export function readHeads(text: string, before: readonly AuditHead[] = []): readonly AuditHead[] {
  const [, seq, hash] = /^(\d{1,15}):(?:0x)?([0-9a-fA-F]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('Expected a number, a colon and 64 hex digits.')
  return [...before, { seq: Number(seq), hash: hash.toLowerCase() }]
}

/** An address of a contract or an account. */
export function readAddress(text: string): Address {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text as Address
  throw new InvalidArgumentError('Expected 0x and 40 hex digits.')
}

/** Where an AuditAnchor is. */
export const chainOptions = (): readonly Option[] => [
  new Option('--rpc <url>', 'JSON-RPC endpoint of the chain with the anchors'),
  new Option('--contract <address>', 'the AuditAnchor contract').argParser(readAddress),
]
