import { readFileSync } from 'node:fs'
import {
  type Address,
  bytesToHex,
  encodeFunctionData,
  type Hex,
  hexToBytes,
  keccak256,
  stringToHex,
} from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generatedDigitsAbi } from '#contracts/generated/GeneratedDigits.js'
import { modelRegistryAbi } from '#contracts/generated/ModelRegistry.js'
import { claimGeneratedDigit } from '#service/chain/claim-generated-digit.js'
import { type ChainWriter, connectChain } from '#service/chain/connect-chain.js'
import { deployContracts } from '#service/chain/deploy-contracts.js'
import { deployGeneratedDigits } from '#service/chain/deploy-generated-digits.js'
import { claimIdOf, type DigitMint, mintOf, promptOf, tokenIdOf } from '#service/chain/generated-digit.js'
import { mintGeneratedDigit } from '#service/chain/mint-generated-digit.js'
import { readGeneratedDigit } from '#service/chain/read-generated-digit.js'
import { sendTransaction } from '#service/chain/send-transaction.js'
import { type Anvil, startAnvil } from '#service/chain/start-anvil.js'

interface MintFixture {
  readonly prompt: string
  readonly picture: Hex
  readonly proof: Hex
  readonly claimId: Hex
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../../verifier-contracts/test/fixtures/generated.json', import.meta.url), 'utf8'),
) as {
  readonly minter: Address
  readonly small: { readonly address: Address; readonly key: Hex; readonly mints: readonly MintFixture[] }
}

const salt = keccak256(stringToHex('salt of a fixture'))
const refused = (reason: string) => ({ code: 'CHAIN_REJECTED', details: { reason } })

let anvil: Anvil
let deployer: ChainWriter
let sender: ChainWriter
let verifier: Address
let generatedDigits: Address

beforeAll(async () => {
  anvil = await startAnvil()
  const connect = (index: number) =>
    connectChain({ rpcUrl: anvil.rpcUrl, privateKey: anvil.privateKeys[index]! })
  deployer = await connect(0)
  sender = await connect(2)
  const deployment = await deployContracts(deployer)
  verifier = deployment.verifier
  // By another account: the fixtures' contract is the deployer's third.
  await sendTransaction(sender, { to: deployment.registry, data: publication(fixtures.small.key) })
  const terms = { verifier, modelId: 1n, version: 1, side: 4, claimDelay: 0 }
  generatedDigits = (await deployGeneratedDigits(deployer, terms)).address
})
afterAll(() => anvil?.stop())

function publication(key: Hex): Hex {
  const hash = keccak256('0x01')
  const proofSystemId = keccak256(stringToHex('groth16-bn254-v1')).slice(0, 10) as Hex
  const commitment = { modelHash: hash, circuitHash: hash, vkHash: keccak256(key), proofSystemId, uri: '' }
  const terms = {
    setup: 0,
    inputSignals: 1,
    outputSignals: 3,
    transcriptHash: `0x${'0'.repeat(64)}`,
  } as const
  return encodeFunctionData({
    abi: modelRegistryAbi,
    functionName: 'publishModel',
    args: [commitment, terms, key],
  })
}

function fixture(index: number): DigitMint {
  const { prompt, picture, proof } = fixtures.small.mints[index]!
  return { prompt, picture: hexToBytes(picture), proof }
}

const claimOf = ({ prompt }: DigitMint) => ({ minter: fixtures.minter, prompt, salt })

describe('names', () => {
  test('of prompts are hex digits', () => {
    expect(promptOf([0, 1, 127, 128, 254, 255, 171, 205])).toBe('00017f80feffabcd')
  })

  test.each([
    ['too few integers', [1, 2, 3]],
    ['an integer above', [0, 1, 2, 3, 4, 5, 6, 256]],
    ['an integer below', [-1, 1, 2, 3, 4, 5, 6, 7]],
    ['a fraction', [0.5, 1, 2, 3, 4, 5, 6, 7]],
  ])('of prompts refuse %s', (_, latent) => {
    expect(() => promptOf(latent)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  test('of tokens and claims are the contract’s', async () => {
    const { prompt } = fixture(0)
    const read = { address: generatedDigits, abi: generatedDigitsAbi } as const
    const text = stringToHex(prompt)
    expect(await deployer.client.readContract({ ...read, functionName: 'tokenId', args: [text] })).toBe(
      tokenIdOf(prompt),
    )
    const args = [fixtures.minter, text, salt] as const
    expect(await deployer.client.readContract({ ...read, functionName: 'claimIdOf', args })).toBe(
      claimIdOf(claimOf(fixture(0))),
    )
  })

  test('of mints come from the statement', () => {
    const proof = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n] as const
    const statement = [0x0807060504030201n, 0xff00000001n, 0n]
    const mint = mintOf({ proof, statement }, { minter: fixtures.minter, salt }, 8)
    expect(mint.prompt).toBe('0102030405060708')
    expect(bytesToHex(mint.picture)).toBe('0x01ff000000000000')
    expect(hexToBytes(mint.proof).length).toBe(320)
    const negative = { proof, statement: [0n, 0xffffffffn] }
    expect(() => mintOf(negative, { minter: fixtures.minter, salt }, 7)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  })
})

describe('tokens', () => {
  test('stand where the fixtures expect them', () => {
    expect(generatedDigits.toLowerCase()).toBe(fixtures.small.address.toLowerCase())
  })

  test('are minted with a claim and a proof, once, and read back', async () => {
    const mint = fixture(0)
    const send = (change: Partial<DigitMint> = {}) =>
      mintGeneratedDigit(sender, { generatedDigits, mint: { ...mint, ...change } })
    await expect(send()).rejects.toMatchObject(refused('ClaimMissing'))
    await claimGeneratedDigit(sender, { generatedDigits, claim: claimOf(mint) })
    const painted = mint.picture.map((value) => value ^ 1)
    await expect(send({ picture: painted })).rejects.toMatchObject(refused('InvalidProof'))
    await expect(send({ picture: mint.picture.slice(1) })).rejects.toMatchObject(
      refused('PictureLengthWrong'),
    )
    await expect(send({ prompt: mint.prompt.toUpperCase() })).rejects.toMatchObject(
      refused('PromptMalformed'),
    )

    const { tokenId } = await send()
    const token = await readGeneratedDigit(deployer, { generatedDigits, tokenId })
    expect(token).toMatchObject({ owner: fixtures.minter, prompt: mint.prompt, picture: mint.picture })
    expect(Object.keys(token.metadata).sort()).toEqual(
      ['aigc_data', 'aigc_type', 'description', 'image', 'name', 'prompt', 'proof_type'].sort(),
    )
    await expect(send()).rejects.toMatchObject(refused('PromptTaken'))
  })

  test('are not there before', async () => {
    const reading = readGeneratedDigit(deployer, { generatedDigits, tokenId: tokenIdOf('0'.repeat(16)) })
    await expect(reading).rejects.toMatchObject(refused('ERC721NonexistentToken'))
  })

  test('are of a model that fits', async () => {
    const terms = { verifier, modelId: 1n, version: 1 }
    await expect(deployGeneratedDigits(deployer, terms)).rejects.toMatchObject(refused('VersionUnfit'))
  })

  test('wait for claims to be old enough', async () => {
    const terms = { verifier, modelId: 1n, version: 1, side: 4, claimDelay: 1000 }
    const slow = (await deployGeneratedDigits(deployer, terms)).address
    await claimGeneratedDigit(sender, { generatedDigits: slow, claim: claimOf(fixture(1)) })
    await expect(
      mintGeneratedDigit(sender, { generatedDigits: slow, mint: fixture(1) }),
    ).rejects.toMatchObject(refused('ClaimTooYoung'))
  })
})
