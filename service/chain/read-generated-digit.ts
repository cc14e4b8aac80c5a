import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'
import { type Address, hexToBytes } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { generatedDigitsAbi } from '#contracts/generated/GeneratedDigits.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { decodeGreyPng } from '#service/chain/decode-grey-png.js'
import { tokenIdOf } from '#service/chain/generated-digit.js'
import { toChainError } from '#service/chain/to-chain-error.js'

const text = Type.String()

/** Metadata by ERC-7007's schema. */
const metadataSchema = Type.Object({
  ...{ name: text, description: text, image: text, prompt: text },
  ...{ aigc_type: text, aigc_data: text, proof_type: text },
})

export type AigcMetadata = Static<typeof metadataSchema>

/** A token, read back. */
export interface GeneratedDigit {
  readonly owner: Address
  readonly prompt: string
  /** One byte a pixel, so many in a row. */
  readonly picture: Uint8Array
  readonly width: number
  /** The same as a file. */
  readonly png: Uint8Array
  readonly metadata: AigcMetadata
}

/**
 * Reads a token and its metadata, and compares what they say: prompt, number, picture.
 *
 * @throws CHAIN_REJECTED with reason ERC721NonexistentToken, or where they differ; CHAIN_UNREACHABLE
 */
export async function readGeneratedDigit(
  chain: ChainReader,
  { generatedDigits, tokenId }: { generatedDigits: Address; tokenId: bigint },
): Promise<GeneratedDigit> {
  const token = { address: generatedDigits, abi: generatedDigitsAbi, args: [tokenId] } as const
  const [owner, prompt, picture, uri] = await Promise.all([
    chain.client.readContract({ ...token, functionName: 'ownerOf' }),
    chain.client.readContract({ ...token, functionName: 'prompt' }),
    chain.client.readContract({ ...token, functionName: 'aigcData' }),
    chain.client.readContract({ ...token, functionName: 'tokenURI' }),
  ]).catch((error: unknown) => {
    throw toChainError(error)
  })
  const metadata = parseMetadata(decodeDataUri(uri, 'application/json').toString())
  const png = decodeDataUri(metadata.aigc_data, 'image/png')
  const stored = hexToBytes(picture)
  const shown = decodeGreyPng(png, stored.length)
  const agrees =
    metadata.prompt === prompt && tokenIdOf(prompt) === tokenId && Buffer.compare(shown.pixels, stored) === 0
  if (!agrees) throw new ZkserveError('CHAIN_REJECTED', 'the metadata is not that of the token')
  return { owner, prompt, picture: stored, width: shown.width, png, metadata }
}

/** @throws ZkserveError `CHAIN_REJECTED`: the contract at the address may be any */
function parseMetadata(json: string): AigcMetadata {
  try {
    const metadata: unknown = JSON.parse(json)
    if (Check(metadataSchema, metadata)) return metadata
  } catch {
    // Refused below.
  }
  throw new ZkserveError('CHAIN_REJECTED', 'the metadata of the token is none of ERC-7007', {
    hints: ['Perhaps another contract stands at this address; check it, and the chain.'],
    details: { reason: 'MetadataInvalid' },
  })
}

/** @throws ZkserveError `CHAIN_REJECTED` if it is no data URI of this type in base64 */
function decodeDataUri(uri: string, type: string): Buffer {
  const head = `data:${type};base64,`
  if (!uri.startsWith(head)) throw new ZkserveError('CHAIN_REJECTED', `the metadata holds no ${type}`)
  return Buffer.from(uri.slice(head.length), 'base64')
}
