import { Argument, type Command } from 'commander'
import type { Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { issuerKey, type PlaceFlags, readHash, withPlace } from '#service/cli/provenance-options.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve provenance revoke`: takes back what one vouched for. */
export function provenanceRevokeVerb(provenance: Command, { report }: VerbContext): void {
  const command = addCommand(
    provenance,
    'revoke',
    'take back a record of the account whose key is in ZKSERVE_PRIVATE_KEY, for good',
  ).addArgument(new Argument('<id>', 'the record').argParser(readHash))
  withPlace(command).action(async (id: Hex, { rpc, contract }: PlaceFlags) => {
    if (contract === undefined) throw new ZkserveError('USAGE', '--contract is needed')
    const privateKey = issuerKey(process.env)
    const { connectChain } = await import('#service/chain/connect-chain.js')
    const { revokeRecord } = await import('#service/provenance/submit-record.js')
    const chain = await connectChain({ rpcUrl: rpc, privateKey })
    const { hash } = await revokeRecord(chain, contract, id)
    report({
      document: { id, contract, issuer: chain.account.address, transaction: hash },
      text: formatFacts([
        ['revoked', id],
        ['transaction', hash],
      ]),
    })
  })
}
