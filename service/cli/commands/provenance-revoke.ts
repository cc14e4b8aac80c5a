import { Argument, type Command } from 'commander'
import type { Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { readHash } from '#service/cli/chain-options.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { type PlaceFlags, withPlace } from '#service/cli/provenance-options.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve provenance revoke`: takes back what one vouched for. */
export function provenanceRevokeVerb(provenance: Command, { report }: VerbContext): void {
  const command = addCommand(
    provenance,
    'revoke',
    'take back a record of the account whose key is in ZKSERVE_PRIVATE_KEY, for good',
  ).addArgument(new Argument('<id>', 'the record').argParser(readHash))
  withPlace(command).action(async (id: Hex, flags: PlaceFlags) => {
    const { contract } = flags
    if (contract === undefined) throw new ZkserveError('USAGE', '--contract is needed')
    const chain = await openToWrite(flags)
    const { revokeRecord } = await import('#service/provenance/submit-record.js')
    const transaction = await revokeRecord(chain, contract, id)
    const document = { id, contract, issuer: chain.account.address }
    report(sentOutcome(transaction, document, [['revoked', id]]))
  })
}
