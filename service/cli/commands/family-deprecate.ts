import { Argument, type Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { keyVariable, readNumber } from '#service/cli/chain-options.js'
import { type FamilyFlags, familyOf, withFamily } from '#service/cli/family-options.js'
import { openToWrite, requireContract } from '#service/cli/open-chain.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends FamilyFlags {
  readonly withdraw?: boolean
}

/** `zkserve family deprecate`: a guardian's objection; the quorum's last one deprecates at once. */
export function familyDeprecateVerb(family: Command, { report }: VerbContext): void {
  withFamily(
    addCommand(
      family,
      'deprecate',
      `object to a version as a guardian, with the key in ${keyVariable}; the last objection of the quorum deprecates it at once, and its predecessor comes back`,
    ).addArgument(new Argument('<version>', "the family's number of it").argParser(readNumber)),
  )
    .option('--withdraw', 'take the objection back')
    .action(async (version: number, flags: Flags) => {
      const chain = await openToWrite(flags)
      const { objectTo } = await import('#service/chain/family/model-family.js')
      const { readObjections } = await import('#service/chain/family/read-family.js')
      const { readModel } = await import('#service/chain/read-model.js')
      const before = await familyOf(chain, flags)
      const { guardian, registry, modelId } = before
      const council = await requireContract(chain, 'GuardianCouncil', guardian)
      const { status } = await readModel(chain, { registry, modelId, version })
      if (status !== 'active') {
        throw new ZkserveError('CHAIN_REJECTED', `version ${version} of the family is ${status}`, {
          hints: ['Only active versions are deprecated; `zkserve family show` tells which are.'],
          details: { reason: 'NotActive', status },
        })
      }
      const objection = { council, family: before.family, version }
      const transaction = await objectTo(chain, objection, flags.withdraw ? 'withdrawObjection' : 'object')
      const after = await familyOf(chain, flags)
      const found = await readObjections(chain, { ...after, version })
      const now = await readModel(chain, { registry, modelId, version })
      const { current } = after
      report(
        sentOutcome(transaction, { version, status: now.status, ...found, current, modelId }, [
          ['version', `${version}: ${now.status}`],
          ['objections', found === null ? null : `${found.objections} of ${found.quorum}`],
          ['current version', current === null ? 'none' : `${modelId}:${current}`],
        ]),
      )
    })
}
