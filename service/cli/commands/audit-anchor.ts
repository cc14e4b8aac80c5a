import type { Command } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { chainOptions } from '#service/cli/audit-options.js'
import { type DatabaseFlags, withDatabase } from '#service/cli/database-options.js'
import { takePrivateKey } from '#service/cli/private-key.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** The variable that holds the private key of the account that anchors. */
const variable = 'ZKSERVE_ANCHOR_KEY'

interface Flags extends DatabaseFlags {
  readonly rpc?: string
  readonly contract?: Address
  readonly deploy?: true
}

/** `zkserve audit anchor`: writes the head on chain, in a process apart from the service. */
export function auditAnchorVerb(audit: Command, { report }: VerbContext): void {
  const command = addCommand(
    audit,
    'anchor',
    `check the log and write its head on chain, in the name of the account whose key is in ${variable}; one account, one log`,
  )
  withDatabase(command).option('--deploy', 'deploy the contract first')
  for (const option of chainOptions()) command.addOption(option)
  command.action(async ({ database, dataDir, rpc, contract, deploy }: Flags) => {
    if (rpc === undefined || (contract === undefined) !== (deploy === true))
      throw new ZkserveError('USAGE', '--rpc and either --contract or --deploy are needed')
    const privateKey = takePrivateKey(variable, process.env)
    const { withAdmin } = await import('#service/admin/with-admin.js')
    const { anchorHead, deployAnchor } = await import('#service/audit/anchors.js')
    const { readRecords } = await import('#service/audit/read-records.js')
    const { verifyChain } = await import('#service/audit/verify-chain.js')
    const { connectChain } = await import('#service/chain/connect-chain.js')
    const { resolveConfig } = await import('#service/config/resolve.js')
    const config = resolveConfig({ database, dataDir }, process.env)
    const { head } = await withAdmin(config, (call) =>
      verifyChain(readRecords((from) => call('audit.page', { from }))),
    )
    if (head === null) throw new ZkserveError('USAGE', 'the log is empty: there is nothing to anchor')
    const chain = await connectChain({ rpcUrl: rpc, privateKey })
    const address = contract ?? (await deployAnchor(chain))
    const transaction = await anchorHead(chain, address, head)
    const keeper = chain.account.address
    report({
      document: { ...head, contract: address, keeper, transaction },
      text: formatFacts([
        ['head', `${head.seq}:${head.hash}`],
        ['contract', address],
        ['keeper', keeper],
        ['transaction', transaction],
      ]),
    })
  })
}
