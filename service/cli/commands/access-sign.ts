import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import {
  contractOption,
  keyVariable,
  readNumber,
  type VersionFlag,
  versionOption,
} from '#service/cli/chain-options.js'
import { durationOption } from '#service/cli/duration.js'
import { takePrivateKey } from '#service/cli/private-key.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly model: VersionFlag
  readonly chainId: number
  readonly body: string
  readonly grants?: Address
  readonly registry?: Address
  /** In ms. */
  readonly lifetime: number
}

const about = `
The service must get the very bytes of the file: curl --data-binary @FILE, not -d. Each header answers one request.`

/** `zkserve access sign`: the header of a signed request, for those who use no client. */
export function accessSignVerb(access: Command, { report }: VerbContext): void {
  addCommand(
    access,
    'sign',
    `print the header that a service asks of holders of a grant, signed by the key in ${keyVariable}; no chain is asked`,
  )
    .addOption(versionOption('the version, as the service names it').makeOptionMandatory())
    .addOption(
      new Option('--chain-id <number>', 'chain of the grants').argParser(readNumber).makeOptionMandatory(),
    )
    .requiredOption('--body <file>', 'body of the request; - for standard input')
    .addOption(contractOption('grants', 'the AccessGrants; by default the one of all chains'))
    .addOption(contractOption('registry', 'the ModelRegistry, in the same way'))
    .addOption(
      durationOption('--lifetime <time>', 'how long the signature is good, 1h at most').default(
        600_000,
        '10m',
      ),
    )
    .addHelpText('after', about)
    .action(async ({ model, chainId, body, lifetime, ...given }: Flags) => {
      const privateKey = takePrivateKey(keyVariable, process.env)
      const { privateKeyToAccount } = await import('viem/accounts')
      const { sharedContracts } = await import('#contracts/generated/shared-contracts.js')
      const { longestRequest } = await import('#service/access/inference-request.js')
      const { readSource } = await import('#service/cli/files.js')
      const { signBody } = await import('#service/client/access.js')
      const seconds = Math.floor(lifetime / 1000)
      if (seconds < 1 || seconds > longestRequest)
        throw new ZkserveError('USAGE', `a signature is good for a second to an hour, not ${seconds} seconds`)
      if (!/^0x[0-9a-fA-F]{64}$/.test(privateKey))
        throw new ZkserveError('USAGE', 'the private key is not 0x and 64 hex digits')
      const { grants = sharedContracts.AccessGrants.address } = given
      const { registry = sharedContracts.ModelRegistry.address } = given
      const account = privateKeyToAccount(privateKey)
      const terms = { chainId, grants, registry, ...model }
      const headers = await signBody({ account, ...terms }, await readSource(body), seconds)
      report({
        document: { ...terms, requester: account.address, headers },
        text: Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n'),
      })
    })
}
