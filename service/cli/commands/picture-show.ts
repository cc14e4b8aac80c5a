import { Argument, type Command } from 'commander'
import { readId } from '#service/cli/chain-options.js'
import { openChain } from '#service/cli/open-chain.js'
import { generatorAt, type TokensFlags, withTokens } from '#service/cli/picture-options.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends TokensFlags {
  readonly png?: string
}

/** A token's name: its prompt, or its number. */
type TokenName = { readonly prompt: string } | { readonly tokenId: bigint }

const white = 255

/** `zkserve picture show`: a token and its picture. */
export function pictureShowVerb(picture: Command, { report }: VerbContext): void {
  const command = addCommand(
    picture,
    'show',
    'print a token and its picture, once its metadata agrees with what is stored',
  ).addArgument(new Argument('<token>', 'its prompt of 16 hex digits, or its number').argParser(readName))
  withTokens(command)
    .option('--png <file>', 'write the picture to a file')
    .action(async (name: TokenName, flags: Flags) => {
      const { writeFileWhole } = await import('#prover/bundle/files.js')
      const { tokenIdOf } = await import('#service/chain/generated-digit.js')
      const { readGeneratedDigit } = await import('#service/chain/read-generated-digit.js')
      const { drawPicture } = await import('#service/demo/picture.js')
      const chain = await openChain(flags)
      const { generatedDigits, modelId, version } = await generatorAt(chain, flags)
      const tokenId = 'prompt' in name ? tokenIdOf(name.prompt) : name.tokenId
      const { owner, prompt, picture, width, png, metadata } = await readGeneratedDigit(chain, {
        generatedDigits,
        tokenId,
      })
      if (flags.png !== undefined) await writeFileWhole(flags.png, png)
      const grey = Float64Array.from(picture, (pixel) => pixel / white)
      report({
        document: { tokens: generatedDigits, tokenId, owner, prompt, modelId, version, metadata },
        text: [
          formatFacts([
            ['token', String(tokenId)],
            ['name', metadata.name],
            ['prompt', prompt],
            ['owner', owner],
            ['generator', `${modelId}:${version}`],
          ]),
          drawPicture(grey, width),
        ].join('\n'),
      })
    })
}

function readName(text: string): TokenName {
  if (/^[0-9a-f]{16}$/.test(text)) return { prompt: text }
  return { tokenId: readId(text) }
}
