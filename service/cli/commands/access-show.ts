import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import type { GrantedVersion } from '#service/chain/access-grants.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { type NamedToken, type TokenFlags, tokenAt, withGrants } from '#service/cli/access-options.js'
import { contractOption, readId } from '#service/cli/chain-options.js'
import { chainTime, openChain } from '#service/cli/open-chain.js'
import { readModelOrVersion } from '#service/cli/registry-options.js'
import { etherText, timeText } from '#service/cli/sent-outcome.js'
import { type Cell, formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends TokenFlags {
  readonly account?: Address
}

type Fact = readonly [name: string, value: Cell]

/** Part of an answer: members of the document, and the same for people. */
interface Part {
  readonly document: Readonly<Record<string, unknown>>
  readonly facts: readonly Fact[]
}

/** `zkserve access show`: what a token's use costs, what a version needs, and what an account may. */
export function accessShowVerb(access: Command, { report }: VerbContext): void {
  const command = addCommand(
    access,
    'show',
    'print the offer of a model or a dataset, the conditions of a version, and until when an account may use it; exit code 1 where it may not',
  )
  withGrants(command)
    .addOption(
      new Option('--model <id[:version]>', 'the model, or a version of it').argParser(readModelOrVersion),
    )
    .addOption(new Option('--dataset <id>', 'or the dataset').argParser(readId))
    .addOption(contractOption('account', 'whose access'))
    .action(async (flags: Flags) => {
      const { model, account } = flags
      const named = model === undefined ? {} : { model: { modelId: model.modelId } }
      const chain = await openChain(flags)
      const token = await tokenAt(chain, { ...flags, ...named })
      const { registry, tokenId, grants } = token
      const place = {
        ...token,
        version: model?.version === undefined ? null : { registry, modelId: tokenId, version: model.version },
      }
      const now = await chainTime(chain)
      const parts = [
        await offerPart(chain, token, now),
        ...(place.version === null ? [] : [await conditionPart(chain, grants, place.version)]),
      ]
      const may = account === undefined ? null : await accountPart(chain, place, account, now)
      if (may !== null) parts.push(may)
      report({
        document: Object.assign(
          { chainId: chain.chainId, grants, registry, tokenId },
          ...parts.map(({ document }) => document),
        ),
        text: formatFacts([
          ['token', `${token.name} of ${registry} on chain ${chain.chainId}`],
          ...parts.flatMap(({ facts }) => facts),
        ]),
        exitCode: may?.hasAccess === false ? 1 : 0,
      })
    })
}

async function offerPart(chain: ChainReader, token: NamedToken, now: number): Promise<Part> {
  const { readOffer } = await import('#service/chain/read-grants.js')
  const offer = await readOffer(chain, token)
  if (offer === null) return { document: { offer }, facts: [['offer', 'none']] }
  const { price, period, until, seller } = offer
  const over = until < now ? ', which passed' : ''
  const text = `${etherText(price)} for ${period} seconds, until ${timeText(until)}${over}, by ${seller}`
  return { document: { offer }, facts: [['offer', text]] }
}

async function conditionPart(chain: ChainReader, grants: Address, version: GrantedVersion): Promise<Part> {
  const { readModelUser } = await import('#service/chain/access-grants.js')
  const { readConditions } = await import('#service/chain/read-grants.js')
  const [read, modelUser] = await Promise.all([
    readConditions(chain, { grants, ...version }),
    readModelUser(chain, { grants, ...version }),
  ])
  const { isUsable, conditions } = read
  return {
    document: { version: version.version, isUsable, conditions, modelUser },
    facts: [
      [
        'version',
        `${version.version}, ${isUsable ? 'usable' : 'NOT usable: revoked, or a dataset is not granted'}`,
      ],
      ...conditions.map(
        ({ registry, datasetId }) => ['needs', `dataset ${datasetId} of ${registry}`] as const,
      ),
      ['datasets grant to', modelUser],
    ],
  }
}

async function accountPart(
  chain: ChainReader,
  { version, ...token }: NamedToken & { readonly version: GrantedVersion | null },
  account: Address,
  now: number,
): Promise<Part & { readonly hasAccess: boolean }> {
  const { readAccessUntil } = await import('#service/chain/read-access-until.js')
  const { readCredit } = await import('#service/chain/read-credit.js')
  const { readGrant } = await import('#service/chain/read-grants.js')
  const { grants } = token
  const [grant, credit, until] = await Promise.all([
    readGrant(chain, { ...token, user: account }),
    readCredit(chain, { contract: grants, account }),
    version === null ? null : readAccessUntil(chain, { grants, ...version, account }),
  ])
  const hasAccess = until === null ? grant.hasAccess : until >= now
  const held = grant.expires === 0 ? 'none' : `until ${timeText(grant.expires)}`
  return {
    document: { account, hasAccess, accessUntil: until, grant, credit },
    facts: [
      ['account', `${account}, which ${hasAccess ? 'MAY use it' : 'may NOT use it'}`],
      [
        'its grant',
        grant.escrow === 0n ? held : `${held}, ${etherText(grant.escrow)} of its price not vested`,
      ],
      ['its credit', etherText(credit)],
    ],
    hasAccess,
  }
}
