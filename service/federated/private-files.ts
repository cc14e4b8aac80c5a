/** Files of a federation that only members and coordinator may read: weights with their salt, openings of updates. */
import { type Static, Type } from 'typebox'
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { RoundRules } from '#circuits/federated/rules.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import { parseDecimal } from '#prover/curve/decimal.js'
import { type CommittedWeights, commitWeights, type UpdateOpening } from '#prover/federated/commitments.js'
import { parseTyped } from '#service/typed-json.js'

const decimal = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$' })
const integers = Type.Array(Type.Integer(), { minItems: 1, maxItems: 4096 })

const weightsFile = Type.Object({
  schema: Type.Literal('zkserve/federated-weights/1'),
  salt: decimal,
  weights: integers,
})

const openingFile = Type.Object({
  schema: Type.Literal('zkserve/update-opening/1'),
  rounds: Type.Unsafe<Address>(Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' })),
  roundId: decimal,
  slot: Type.Integer({ minimum: 0, maximum: 15 }),
  commitment: decimal,
  salt: decimal,
  words: Type.Array(decimal, { minItems: 1 }),
  signature: Type.Unsafe<Hex>(Type.String({ pattern: '^0x[0-9a-f]{130}$' })),
})

const updateFile = Type.Object({ update: integers })
const plainWeights = Type.Object({ weights: integers })

/** An update as its member hands it over. */
export interface HandedUpdate {
  readonly rounds: Address
  readonly roundId: bigint
  readonly slot: number
  readonly commitment: bigint
  readonly opening: UpdateOpening
  /** The member's, by which a false opening is slashed (EIP-712). */
  readonly signature: Hex
}

/** The text of a file with weights. */
export function weightsText({ weights, salt }: CommittedWeights): string {
  const file: Static<typeof weightsFile> = {
    schema: 'zkserve/federated-weights/1',
    salt: salt.toString(),
    weights: [...weights],
  }
  return `${JSON.stringify(file)}\n`
}

/**
 * Weights that open the federation's commitment.
 * @param commitment on chain
 * @throws ZkserveError `INVALID_INPUT` for a damaged file, or weights of another round or federation
 */
export async function parseWeights(
  value: unknown,
  rules: RoundRules,
  commitment: bigint,
): Promise<CommittedWeights> {
  const file = parseTyped(weightsFile, value, 'the file of the weights')
  const salt = parseDecimal(file.salt, scalarModulus)
  const weights = { weights: file.weights, salt: salt ?? 0n }
  const opens =
    salt !== undefined &&
    file.weights.length === rules.size &&
    (await commitWeights(rules, weights)) === commitment
  if (opens) return weights
  throw new ZkserveError('INVALID_INPUT', "the weights are not those of the federation's commitment", {
    hints: ['Take the file of the last settled round, as its coordinator hands it out.'],
  })
}

/** Weights as people write them: `{"weights": [integers]}`. @throws ZkserveError `INVALID_INPUT` */
export function parsePlainWeights(value: unknown, { size }: RoundRules): readonly number[] {
  const { weights } = parseTyped(plainWeights, value, 'the file of the first weights')
  if (weights.length === size) return weights
  throw new ZkserveError('INVALID_INPUT', `wrong weights: expected ${size} integers, got ${weights.length}`)
}

/** An update as people write it: `{"update": [integers]}`. @throws ZkserveError `INVALID_INPUT` */
export function parseUpdate(value: unknown, { size }: RoundRules): readonly number[] {
  const { update } = parseTyped(updateFile, value, 'the file of the update')
  if (update.length === size) return update
  throw new ZkserveError('INVALID_INPUT', `wrong update: expected ${size} integers, got ${update.length}`)
}

/** The text of a file that hands an update over. */
export function handedText({ opening, ...handed }: HandedUpdate): string {
  const file: Static<typeof openingFile> = {
    schema: 'zkserve/update-opening/1',
    rounds: handed.rounds,
    roundId: handed.roundId.toString(),
    slot: handed.slot,
    commitment: handed.commitment.toString(),
    salt: opening.salt.toString(),
    words: opening.words.map(String),
    signature: handed.signature,
  }
  return `${JSON.stringify(file)}\n`
}

/** What {@link handedText} wrote, for this round. @throws ZkserveError `INVALID_INPUT` */
export function parseHanded(
  value: unknown,
  path: string,
  { rounds, roundId }: { readonly rounds: Address; readonly roundId: bigint },
): HandedUpdate {
  const file = parseTyped(openingFile, value, `"${path}"`)
  if (file.rounds.toLowerCase() !== rounds.toLowerCase() || BigInt(file.roundId) !== roundId)
    throw new ZkserveError('INVALID_INPUT', `"${path}" is of another round, or another federation`)
  return {
    ...{ rounds, roundId, slot: file.slot, commitment: BigInt(file.commitment), signature: file.signature },
    opening: { salt: BigInt(file.salt), words: file.words.map(BigInt) },
  }
}
