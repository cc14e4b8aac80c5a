import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { accessGrantsAbi, accessGrantsBytecode } from '#contracts/generated/AccessGrants.js'
import { datasetRegistryAbi, datasetRegistryBytecode } from '#contracts/generated/DatasetRegistry.js'
import type { ChainReader, ChainWriter } from '#service/chain/connect-chain.js'
import { type DeployedContract, deployContract } from '#service/chain/deploy-contract.js'
import { type SentTransaction, sendTransaction } from '#service/chain/send-transaction.js'
import { toChainError } from '#service/chain/to-chain-error.js'

/** A token of a registry, and where grants of it are kept. */
export interface GrantedToken {
  readonly grants: Address
  readonly registry: Address
  readonly tokenId: bigint
}

/** A version of a model. */
export interface GrantedVersion {
  readonly registry: Address
  readonly modelId: bigint
  readonly version: number
}

export function deployAccessGrants(chain: ChainWriter): Promise<DeployedContract> {
  return deployContract(chain, accessGrantsAbi, accessGrantsBytecode, [])
}

export function deployDatasetRegistry(chain: ChainWriter): Promise<DeployedContract> {
  return deployContract(chain, datasetRegistryAbi, datasetRegistryBytecode, [])
}

/** Makes a dataset that the sender holds. @throws CHAIN_REJECTED, CHAIN_UNREACHABLE */
export async function publishDataset(
  chain: ChainWriter,
  dataset: {
    readonly registry: Address
    /** As `hashContent` makes it. */
    readonly contentHash: Hex
    readonly licenceHash: Hex
    readonly uri: string
  },
): Promise<{ readonly datasetId: bigint; readonly transaction: SentTransaction }> {
  const { registry, contentHash, licenceHash, uri } = dataset
  const args = [{ contentHash, licenceHash, uri }] as const
  const data = encodeFunctionData({ abi: datasetRegistryAbi, functionName: 'publishDataset', args })
  const transaction = await sendTransaction(chain, { to: registry, data })
  const { logs } = transaction.receipt
  const [published] = parseEventLogs({ abi: datasetRegistryAbi, eventName: 'DatasetPublished', logs })
  if (!published) throw new ZkserveError('CHAIN_REJECTED', 'the registry did not record the dataset')
  return { datasetId: published.args.datasetId, transaction }
}

/**
 * Gives a user access until `expires`, inclusive, in seconds since 1970; the sender holds the token.
 *
 * @throws CHAIN_REJECTED with `details.reason`: NotTokenHolder, ExpiryNotLater, NoUser; CHAIN_UNREACHABLE
 */
export function grantAccess(
  chain: ChainWriter,
  { grants, registry, tokenId, user, expires }: GrantedToken & { user: Address; expires: number },
): Promise<SentTransaction> {
  const args = [registry, tokenId, user, expires] as const
  const data = encodeFunctionData({ abi: accessGrantsAbi, functionName: 'grant', args })
  return sendTransaction(chain, { to: grants, data })
}

/**
 * Ends a user's access at once; the rest of what it paid is credited to it.
 *
 * @returns with it `refund`, in wei
 * @throws CHAIN_REJECTED with `details.reason`: NotTokenHolder, NoGrant; CHAIN_UNREACHABLE
 */
export async function revokeAccess(
  chain: ChainWriter,
  { grants, registry, tokenId, user }: GrantedToken & { user: Address },
): Promise<SentTransaction & { readonly refund: bigint }> {
  const args = [registry, tokenId, user] as const
  const data = encodeFunctionData({ abi: accessGrantsAbi, functionName: 'revoke', args })
  const transaction = await sendTransaction(chain, { to: grants, data })
  const { logs } = transaction.receipt
  const [revoked] = parseEventLogs({ abi: accessGrantsAbi, eventName: 'AccessRevoked', logs })
  if (!revoked) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the revocation')
  return { ...transaction, refund: revoked.args.refund }
}

/** At what price anyone may buy access. */
export interface AccessOffer {
  /** Of one period, in wei. */
  readonly price: bigint
  /** In seconds. */
  readonly period: number
  /** Last second of the offer, since 1970. */
  readonly until: number
}

/** @throws CHAIN_REJECTED with `details.reason`: NotTokenHolder, OfferInvalid; CHAIN_UNREACHABLE */
export function offerAccess(
  chain: ChainWriter,
  { grants, registry, tokenId, price, period, until }: GrantedToken & AccessOffer,
): Promise<SentTransaction> {
  const args = [registry, tokenId, price, period, until] as const
  const data = encodeFunctionData({ abi: accessGrantsAbi, functionName: 'setOffer', args })
  return sendTransaction(chain, { to: grants, data })
}

/** Takes an offer back. @throws CHAIN_REJECTED with `details.reason` NotTokenHolder; CHAIN_UNREACHABLE */
export function clearOffer(
  chain: ChainWriter,
  { grants, registry, tokenId }: GrantedToken,
): Promise<SentTransaction> {
  const data = encodeFunctionData({
    abi: accessGrantsAbi,
    functionName: 'clearOffer',
    args: [registry, tokenId],
  })
  return sendTransaction(chain, { to: grants, data })
}

/**
 * Buys the sender access. It pays at most `maxPrice` for all periods, in wei; what is left is its credit.
 *
 * @param leastPeriod the shortest period that the sender accepts, in seconds
 * @throws CHAIN_REJECTED with `details.reason`: NoOffer, PriceTooHigh, PeriodTooShort; CHAIN_UNREACHABLE
 */
export async function buyAccess(
  chain: ChainWriter,
  bought: GrantedToken & { periods: number; leastPeriod: number; maxPrice: bigint },
): Promise<{ readonly expires: number; readonly cost: bigint; readonly transaction: SentTransaction }> {
  const { grants, registry, tokenId, periods, leastPeriod, maxPrice } = bought
  const args = [registry, tokenId, periods, leastPeriod] as const
  const data = encodeFunctionData({ abi: accessGrantsAbi, functionName: 'buy', args })
  const transaction = await sendTransaction(chain, { to: grants, data, value: maxPrice })
  const logs = parseEventLogs({ abi: accessGrantsAbi, logs: transaction.receipt.logs })
  const purchase = logs.find(({ eventName }) => eventName === 'AccessBought')
  const granted = logs.find(({ eventName }) => eventName === 'AccessGranted')
  if (purchase?.eventName !== 'AccessBought' || granted?.eventName !== 'AccessGranted')
    throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the purchase')
  return { expires: granted.args.expires, cost: purchase.args.cost, transaction }
}

/** Makes the grant of a dataset a condition of a version of the sender's model, for good. @throws CHAIN_REJECTED */
export function requireDataset(
  chain: ChainWriter,
  {
    grants,
    model,
    dataset,
  }: { grants: Address; model: GrantedVersion; dataset: Omit<GrantedToken, 'grants'> },
): Promise<SentTransaction> {
  const args = [model.registry, model.modelId, model.version, dataset.registry, dataset.tokenId] as const
  const data = encodeFunctionData({ abi: accessGrantsAbi, functionName: 'addCondition', args })
  return sendTransaction(chain, { to: grants, data })
}

/** For whom a dataset's holder grants access to a version of a model. @throws CHAIN_UNREACHABLE */
export async function readModelUser(
  chain: ChainReader,
  { grants, registry, modelId, version }: GrantedVersion & { grants: Address },
): Promise<Address> {
  const args = [registry, modelId, version] as const
  try {
    return await chain.client.readContract({
      address: grants,
      abi: accessGrantsAbi,
      functionName: 'modelUser',
      args,
    })
  } catch (error) {
    throw toChainError(error)
  }
}

/**
 * Credits the token's holder, and the receiver of its royalty, with what a user paid for the time that has passed.
 *
 * @returns with it `amount`, in wei, and what of it is `royalty`
 * @throws CHAIN_REJECTED with `details.reason` NothingToCollect; CHAIN_UNREACHABLE
 */
export async function collectPayment(
  chain: ChainWriter,
  { grants, registry, tokenId, user }: GrantedToken & { user: Address },
): Promise<SentTransaction & { readonly amount: bigint; readonly royalty: bigint }> {
  const args = [registry, tokenId, user] as const
  const data = encodeFunctionData({ abi: accessGrantsAbi, functionName: 'collect', args })
  const transaction = await sendTransaction(chain, { to: grants, data })
  const { logs } = transaction.receipt
  const [collected] = parseEventLogs({ abi: accessGrantsAbi, eventName: 'PaymentCollected', logs })
  if (!collected) throw new ZkserveError('CHAIN_REJECTED', 'the contract did not record the payment')
  const { amount, royalty } = collected.args
  return { ...transaction, amount, royalty }
}
