import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { AuditRecord } from '#service/audit/audit-record.js'
import type { AuditHead } from '#service/audit/verify-chain.js'
import { chainOptions, readHeads } from '#service/cli/audit-options.js'
import { readAddress, readNumber } from '#service/cli/chain-options.js'
import { type DatabaseFlags, withDatabase } from '#service/cli/database-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends DatabaseFlags {
  readonly file?: string
  readonly from: number
  readonly head?: readonly AuditHead[]
  readonly rpc?: string
  readonly contract?: Address
  readonly keeper?: Address
  readonly fromBlock?: number
}

/** `zkserve audit verify`: whether the log is as it was written. */
export function auditVerifyVerb(audit: Command, { report }: VerbContext): void {
  const command = addCommand(
    audit,
    'verify',
    'check that no record was changed, removed or put in between; exit code 1 where one was',
  )
  withDatabase(command)
    .option('--file <file>', 'check a file that `audit export` wrote instead')
    .addOption(new Option('--from <seq>', 'first record to check').default(1).argParser(readNumber))
    .addOption(
      new Option(
        '--head <seq:hash>',
        'a head that was written down and must be in the log; may be given several times',
      ).argParser(readHeads),
    )
    .addOption(
      new Option('--keeper <address>', 'account that anchored heads on chain').argParser(readAddress),
    )
    .addOption(new Option('--from-block <number>', 'block to search anchors from').argParser(readNumber))
  for (const option of chainOptions()) command.addOption(option)
  command.action(async (flags: Flags) => {
    const { verifyChain } = await import('#service/audit/verify-chain.js')
    const anchors = await anchorsOf(flags)
    const heads = [...(flags.head ?? []), ...anchors]
    const { records, head } = await withRecords(flags, (given) =>
      verifyChain(given, { from: flags.from, heads }),
    )
    const last = head === null ? '' : `, up to ${head.seq}:${head.hash}`
    const compared = heads.length === 0 ? '' : `\nheads compared: ${heads.length}`
    report({
      document: { valid: true, records, head, heads: heads.length },
      text: `the log holds: ${records} records${last}${compared}`,
    })
  })
}

/** What the account anchored; nothing where no chain is named. */
async function anchorsOf({ rpc, contract, keeper, fromBlock }: Flags): Promise<readonly AuditHead[]> {
  if (rpc === undefined && contract === undefined && keeper === undefined) return []
  if (rpc === undefined || contract === undefined || keeper === undefined)
    throw new ZkserveError('USAGE', '--rpc, --contract and --keeper go together')
  const { readAnchors } = await import('#service/audit/anchors.js')
  const { connectChain } = await import('#service/chain/connect-chain.js')
  const block = fromBlock === undefined ? {} : { fromBlock: BigInt(fromBlock) }
  const anchors = await readAnchors(await connectChain({ rpcUrl: rpc }), { contract, keeper, ...block })
  if (anchors.length > 0) return anchors
  throw new ZkserveError('CHAIN_REJECTED', `${keeper} anchored nothing at ${contract}`, {
    details: { reason: 'no anchors' },
    hints: ['Check both addresses, the chain, and --from-block.'],
  })
}

async function withRecords<Result>(
  { file, from, database, dataDir }: Flags,
  work: (records: AsyncIterable<AuditRecord>) => Promise<Result>,
): Promise<Result> {
  if (file !== undefined) {
    const { readRecordFile } = await import('#service/audit/export-file.js')
    return work(readRecordFile(file))
  }
  const { withAdmin } = await import('#service/admin/with-admin.js')
  const { readRecords } = await import('#service/audit/read-records.js')
  const { resolveConfig } = await import('#service/config/resolve.js')
  const config = resolveConfig({ database, dataDir }, process.env)
  return withAdmin(config, (call) => work(readRecords((next) => call('audit.page', { from: next }), from)))
}
