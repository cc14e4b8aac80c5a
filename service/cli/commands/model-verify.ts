import { Argument, type Command } from 'commander'
import type { Address } from 'viem'
import {
  type ChainFlags,
  contractOption,
  readVersion,
  type VersionFlag,
  withChain,
} from '#service/cli/chain-options.js'
import { contractAt, openChain } from '#service/cli/open-chain.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends ChainFlags {
  readonly verifier?: Address
  readonly proof: string
}

/** What verdicts of the contract mean. */
const meanings = {
  Valid: 'the proof holds',
  VersionUnknown: 'there is no such version',
  VersionRevoked: 'the version is revoked',
  StatementLengthWrong: 'the proof has another number of public signals than the version',
  SignalOutOfField: 'a public signal is out of range',
  ProofInvalid: 'the proof does not hold under the key of this version, for what it is bound to',
  RequesterWrong: 'the proof is for another requester',
  NonceSpent: 'the nonce is spent',
} as const

/** `zkserve model verify`: what the chain says of a proof. */
export function modelVerifyVerb(model: Command, { report }: VerbContext): void {
  const command = addCommand(
    model,
    'verify',
    'ask the verifier contract whether it accepts a proof of a version; costs nothing; exit code 1 where it does not',
  ).addArgument(new Argument('<model:version>', 'such as 1:2').argParser(readVersion))
  withChain(command)
    .requiredOption('--proof <proof>', 'file that prove wrote; - for standard input')
    .addOption(
      contractOption('verifier', 'the InferenceVerifier; by default the one that `contracts show` names'),
    )
    .action(async (version: VersionFlag, flags: Flags) => {
      const { checkInference } = await import('#service/chain/check-inference.js')
      const { encodeProofCalldata } = await import('#service/chain/encode-proof-calldata.js')
      const { readBoundProof } = await import('#service/chain/read-bound-proof.js')
      const { readJson } = await import('#service/cli/files.js')
      const { binding, ...proof } = readBoundProof(await readJson(flags.proof, 'INVALID_PROOF'))
      const chain = await openChain(flags)
      const verifier = await contractAt(chain, 'InferenceVerifier', flags.verifier)
      const { requester, nonce } = binding
      const inference = encodeProofCalldata({ ...proof, requester, nonce })
      const verdict = await checkInference(chain, { verifier, ...version, inference })
      const valid = verdict === 'Valid'
      const reason = elsewhere(binding, chain.chainId, verifier) ?? meanings[verdict]
      report({
        document: {
          ...{ valid, verdict, reason: valid ? null : reason, chainId: chain.chainId, verifier, ...version },
          ...{ requester, nonce, statement: inference.statement },
        },
        text: valid
          ? formatFacts([
              ['valid', `for version ${version.modelId}:${version.version} on chain ${chain.chainId}`],
              ['requester', /^0x0{40}$/.test(requester) ? 'anyone' : requester],
              ['nonce', String(nonce)],
              ['statement', inference.statement.join(' ')],
            ])
          : `invalid: ${reason}`,
        exitCode: valid ? 0 : 1,
      })
    })
}

/** The contract computes chain and verifier itself; a proof that was made for others cannot hold. */
function elsewhere(
  { chainId, verifier }: { readonly chainId: bigint; readonly verifier: string },
  ownId: number,
  own: Address,
): string | null {
  if (chainId !== BigInt(ownId)) return `the proof was made for chain ${chainId}, this is ${ownId}`
  if (verifier.toLowerCase() === own.toLowerCase()) return null
  return `the proof was made for the verifier ${verifier}, this is ${own}`
}
