import type { Command } from 'commander'
import { pictureDeployVerb } from '#service/cli/commands/picture-deploy.js'
import { pictureMintVerb } from '#service/cli/commands/picture-mint.js'
import { pictureShowVerb } from '#service/cli/commands/picture-show.js'
import type { VerbContext } from '#service/cli/verb.js'

const examples = `
Examples:
  zkserve picture deploy --model 1:1 --rpc $RPC       tells the address of the tokens
  zkserve picture mint bundle --input latent.json --claim claim.private.json --tokens $TOKENS --rpc $RPC
  zkserve picture show 00017f80feffabcd --png picture.png --tokens $TOKENS --rpc $RPC`

/** `zkserve picture`: tokens of pictures that a registered generator made. */
export function pictureVerb(program: Command, context: VerbContext): void {
  const picture = program
    .command('picture')
    .description(
      'mint pictures with proofs that a model made them (ERC-7007); docs: verifier-contracts/docs/generated-pictures.md',
    )
    .addHelpText('after', examples)
  for (const addVerb of [pictureDeployVerb, pictureMintVerb, pictureShowVerb]) addVerb(picture, context)
}
