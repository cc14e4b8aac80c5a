import { expect, test } from 'vitest'
import type { ChainReader } from '#service/chain/connect-chain.js'
import { readGeneratedDigit } from '#service/chain/read-generated-digit.js'

const answers = { ownerOf: `0x${'01'.repeat(20)}`, prompt: '00', aigcData: '0x00' }

test.each(['nothing', '[]', '{"name": "a digit"}', '{"aigc_data": 7}'])(
  'a contract that answers with other metadata is refused: %s',
  async (json) => {
    const tokenURI = `data:application/json;base64,${Buffer.from(json).toString('base64')}`
    const readContract = async ({ functionName }: { readonly functionName: string }) =>
      ({ ...answers, tokenURI })[functionName]
    const chain = { client: { readContract } } as unknown as ChainReader
    const read = readGeneratedDigit(chain, { generatedDigits: `0x${'02'.repeat(20)}`, tokenId: 1n })
    await expect(read).rejects.toMatchObject({
      code: 'CHAIN_REJECTED',
      details: { reason: 'MetadataInvalid' },
    })
  },
)
