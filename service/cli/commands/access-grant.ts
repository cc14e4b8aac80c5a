import { type Command, Option } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import {
  type PlaceFlags,
  tokenAt,
  type UserFlags,
  userOf,
  withGrants,
  withUser,
} from '#service/cli/access-options.js'
import {
  keyVariable,
  type Moment,
  readId,
  readMoment,
  type VersionFlag,
  versionOption,
} from '#service/cli/chain-options.js'
import { contractAt, openToWrite, secondsOf } from '#service/cli/open-chain.js'
import { etherText, sentOutcome, timeText } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve access grant`: gives a user access until a time. */
export function accessGrantVerb(access: Command, { report }: VerbContext): void {
  const command = addCommand(
    access,
    'grant',
    `give an account, or a version of a model, the use of a token that the account of ${keyVariable} holds`,
  )
  withUser(command)
    .addOption(
      new Option('--until <time>', 'how long: 30d from now on, or a date; never shorter than before')
        .argParser(readMoment)
        .makeOptionMandatory(),
    )
    .action(async (flags: UserFlags & { readonly until: Moment }) => {
      const { grantAccess } = await import('#service/chain/access-grants.js')
      const chain = await openToWrite(flags)
      const { name, ...token } = await tokenAt(chain, flags)
      const user = await userOf(chain, token, flags)
      const expires = await secondsOf(chain, flags.until)
      if (expires >= 2 ** 48) throw new ZkserveError('USAGE', 'the time is too far away')
      const transaction = await grantAccess(chain, { ...token, user, expires })
      const facts = [
        ['granted', `${name} to ${user}`],
        ['until', timeText(expires)],
      ] as const
      report(sentOutcome(transaction, { ...token, user, expires }, facts))
    })
}

/** `zkserve access revoke`: ends a user's access. */
export function accessRevokeVerb(access: Command, { report }: VerbContext): void {
  const command = addCommand(
    access,
    'revoke',
    `end a user's access at once; what it paid for the rest goes back to it; ${keyVariable} holds the token`,
  )
  withUser(command).action(async (flags: UserFlags) => {
    const { revokeAccess } = await import('#service/chain/access-grants.js')
    const chain = await openToWrite(flags)
    const { name, ...token } = await tokenAt(chain, flags)
    const user = await userOf(chain, token, flags)
    const { refund, ...transaction } = await revokeAccess(chain, { ...token, user })
    const facts = [
      ['revoked', `${name} of ${user}`],
      ['goes back to it', etherText(refund)],
    ] as const
    report(sentOutcome(transaction, { ...token, user, refund }, facts))
  })
}

/** `zkserve access condition`: has a version need the grant of a dataset. */
export function accessConditionVerb(access: Command, { report }: VerbContext): void {
  const command = addCommand(
    access,
    'condition',
    `have a version of a model need the grant of a dataset's holder, for good; ${keyVariable} holds the model`,
  )
  withGrants(command)
    .addOption(versionOption('the version, which may still be to come').makeOptionMandatory())
    .addOption(new Option('--dataset <id>', 'the dataset').argParser(readId).makeOptionMandatory())
    .action(async (flags: PlaceFlags & { readonly model: VersionFlag; readonly dataset: bigint }) => {
      const { requireDataset, readModelUser } = await import('#service/chain/access-grants.js')
      const chain = await openToWrite(flags)
      const grants = await contractAt(chain, 'AccessGrants', flags.grants)
      const model = { registry: await contractAt(chain, 'ModelRegistry', flags.registry), ...flags.model }
      const registry = await contractAt(chain, 'DatasetRegistry', flags.datasets)
      const dataset = { registry, tokenId: flags.dataset }
      const transaction = await requireDataset(chain, { grants, model, dataset })
      const modelUser = await readModelUser(chain, { grants, ...model })
      const facts = [
        ['condition', `${model.modelId}:${model.version} needs dataset ${dataset.tokenId}`],
        ['its holder grants to', modelUser],
      ] as const
      report(sentOutcome(transaction, { grants, model, dataset, modelUser }, facts))
    })
}
