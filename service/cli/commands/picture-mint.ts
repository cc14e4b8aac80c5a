import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import type { Bundle } from '#prover/bundle/load.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { GeneratorTerms } from '#service/chain/read-generator.js'
import { keyVariable } from '#service/cli/chain-options.js'
import { readJson } from '#service/cli/files.js'
import { withInterrupt } from '#service/cli/interrupt.js'
import { chainTime, openToWrite } from '#service/cli/open-chain.js'
import { generatorAt, type TokensFlags, withTokens } from '#service/cli/picture-options.js'
import { createProgress } from '#service/cli/progress.js'
import { requireModel } from '#service/cli/question-options.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends TokensFlags {
  readonly input: string
  readonly claim: string
}

const stages = ['claim', 'prove', 'wait', 'mint'] as const

/** `zkserve picture mint`: a latent claimed, its picture proven and minted. */
export function pictureMintVerb(picture: Command, { report }: VerbContext): void {
  const command = addCommand(
    picture,
    'mint <bundle>',
    `claim a latent, prove its picture, and mint it when the claim is old enough; ${keyVariable} pays, and gets the token; run again, it goes on`,
  )
  withTokens(command)
    .requiredOption('--input <file>', 'the latent, JSON {"input": [...]}; - for standard input')
    .requiredOption('--claim <file>', "file of the claim's salt, made where it is missing: keep it private")
    .action(async (directory: string, flags: Flags) => {
      const { loadBundle } = await import('#prover/bundle/load.js')
      const { ensurePrivateFile } = await import('#prover/bundle/files.js')
      const { claimGeneratedDigit } = await import('#service/chain/claim-generated-digit.js')
      const { claimIdOf } = await import('#service/chain/generated-digit.js')
      const { mintGeneratedDigit } = await import('#service/chain/mint-generated-digit.js')
      const { readClaimedAt } = await import('#service/chain/read-generator.js')
      const { loadInput } = await import('#service/cli/load.js')
      const { withProver } = await import('#service/cli/with-prover.js')
      const { newClaimText, parseClaim } = await import('#service/pictures/claim-file.js')
      const { promptOfInput, provePicture } = await import('#service/pictures/prove-picture.js')
      const bundle = await loadBundle(directory)
      const subject = {
        bundle,
        inputs: await loadInput(flags.input, bundle.model.inputs, bundle.model.batch),
      }
      const prompt = promptOfInput(subject)
      const chain = await openToWrite(flags)
      const terms = await generatorAt(chain, flags)
      await requireGenerator(chain, terms, bundle)
      const { generatedDigits } = terms
      const own = { tokens: generatedDigits, minter: chain.account.address, prompt }
      await ensurePrivateFile(flags.claim, () => newClaimText(own))
      const claim = parseClaim(await readJson(flags.claim, 'INVALID_INPUT'), own)
      const name = { generatedDigits, claimId: claimIdOf(claim) }
      const progress = createProgress(stages)
      try {
        const minted = await withInterrupt(async (signal) => {
          progress.update('claim')
          if ((await readClaimedAt(chain, name)) === 0)
            await claimGeneratedDigit(chain, { generatedDigits, claim })
          progress.update('prove')
          const place = { chainId: chain.chainId, ...terms }
          const { mint } = await withProver('auto', (prover) =>
            provePicture(place, subject, claim, prover, signal),
          )
          progress.update('wait')
          await waitUntil(chain, (await readClaimedAt(chain, name)) + terms.claimDelay, signal)
          progress.update('mint')
          return mintGeneratedDigit(chain, { generatedDigits, mint })
        })
        const { tokenId, transaction } = minted
        report(
          sentOutcome(transaction, { tokens: generatedDigits, tokenId, prompt, owner: own.minter }, [
            ['token', String(tokenId)],
            ['prompt', prompt],
            ['owner', own.minter],
          ]),
        )
      } finally {
        progress.end()
      }
    })
}

/** @throws ZkserveError `USAGE` where the tokens are of another model than the bundle; `CHAIN_REJECTED` */
async function requireGenerator(chain: ChainReader, terms: GeneratorTerms, bundle: Bundle): Promise<void> {
  const { readModel } = await import('#service/chain/read-model.js')
  requireModel(await readModel(chain, terms), bundle.manifest, terms)
}

/** Waits for the first second at which a block may take the mint. @throws ZkserveError `CANCELLED` */
async function waitUntil(chain: ChainReader, usableAt: number, signal: AbortSignal): Promise<void> {
  // A chain without transactions makes no blocks: its clock is behind, but the next block's is not.
  const now = Math.max(await chainTime(chain), Math.floor(Date.now() / 1000))
  if (now > usableAt) return
  await delay((usableAt + 1 - now) * 1000, undefined, { signal }).catch((cause: unknown) => {
    throw new ZkserveError('CANCELLED', 'the picture is claimed and not minted', {
      hints: ['Run the command again, with the same --claim.'],
      cause,
    })
  })
}
