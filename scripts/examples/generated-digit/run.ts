import { datasetRow } from '#circuits/data/dataset.js'
import { ZkserveError } from '#circuits/errors.js'
import { createProver } from '#prover/backends/create-prover.js'
import type { Prover } from '#prover/prover.js'
import { type Refusal, refused, tryAttacks } from '#scripts/examples/generated-digit/attacks.js'
import { generate } from '#scripts/examples/generated-digit/generate.js'
import { setGeneratorStage } from '#scripts/examples/generated-digit/stage.js'
import { mintGeneratedDigit } from '#service/chain/mint-generated-digit.js'
import { readGeneratedDigit } from '#service/chain/read-generated-digit.js'
import type { Say } from '#service/demo/options.js'
import { drawPicture } from '#service/demo/picture.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'

/** Test rows: a latent of a real digit, and one drawn at random. */
const rows = [0, 450] as const
const width = 28
const white = 255
/** Seconds; short, since nobody else sends transactions to this chain. */
const claimDelay = 3

export interface GeneratedOutcome {
  readonly tokens: readonly { readonly prompt: string; readonly owner: string; readonly gas: bigint }[]
  readonly refusals: readonly Refusal[]
}

/**
 * Two pictures claimed, generated, proven, minted and read back; forgeries of them refused.
 * @throws ZkserveError `INTERNAL` where a forgery is accepted or a token is not its prover's
 */
export async function runGeneratedDigit(say: Say): Promise<GeneratedOutcome> {
  const source = await readProjectModel('digit-generator')
  const bundle = await ensureBundle(source, undefined, 'public')
  const { constraints, publicSignals } = bundle.manifest
  say(`1. ${source.name}: ${constraints.total} constraints, ${publicSignals.length} public signals`)
  const stage = await setGeneratorStage(bundle, claimDelay)
  const prover: Prover = createProver()
  try {
    const { generatedDigits, minter, rival, gas } = stage
    say(
      `2. Registered (${gas['register model']} gas); tokens at ${generatedDigits} (${gas['deploy tokens']} gas)`,
    )
    const tokens: GeneratedOutcome['tokens'][number][] = []
    const refusals: Refusal[] = []
    for (const [k, row] of rows.entries()) {
      const subject = { bundle, prover, inputs: datasetRow(source.test, row) }
      const { mint, claimGas, proving } = await generate(stage, minter, subject, claimDelay)
      say(`${3 + k}. Prompt ${mint.prompt}: claimed (${claimGas} gas), proven in ${Math.round(proving)} ms`)
      if (k === 0) refusals.push(...(await tryAttacks(stage, mint)))
      // The first is minted by who proved it; of the second, a rival copies the transaction.
      const sender = k === 0 ? minter : rival
      const { tokenId, transaction } = await mintGeneratedDigit(sender, { generatedDigits, mint })
      const { owner, picture, metadata } = await readGeneratedDigit(minter, { generatedDigits, tokenId })
      if (owner !== minter.account.address) throw new ZkserveError('INTERNAL', `the token went to ${owner}`)
      if (Buffer.compare(picture, mint.picture) !== 0) {
        throw new ZkserveError('INTERNAL', 'the picture on chain is not the proven one')
      }
      const sentBy = k === 0 ? '' : ', sent by a rival who copied it: the token is the prover’s all the same'
      say(`   minted (${transaction.gasUsed} gas)${sentBy}; read back from "${metadata.name}":`)
      say(
        drawPicture(
          Float64Array.from(picture, (pixel) => pixel / white),
          width,
        ),
      )
      if (k === 0) refusals.push(await refused(stage, 'the same mint again', mint))
      tokens.push({ prompt: mint.prompt, owner, gas: transaction.gasUsed })
    }
    say('5. Refused')
    for (const { attack, reason } of refusals) say(`   ${attack.padEnd(40)} ${reason}`)
    return { tokens, refusals }
  } finally {
    await prover.close()
    await stage.stop()
  }
}
