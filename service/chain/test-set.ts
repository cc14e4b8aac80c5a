import { concat, encodeAbiParameters, encodePacked, getAbiItem, type Hex, keccak256, zeroHash } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { provenEvaluationsAbi } from '#contracts/generated/ProvenEvaluations.js'

/** A row of a test set: the public signals of an input, and its class. */
export interface TestSetRow {
  readonly input: readonly bigint[]
  readonly label: number
}

/** The contract's struct `TestSet`. */
export interface TestSetTerms {
  readonly root: Hex
  readonly rows: number
  readonly inputSignals: number
  readonly classes: number
}

/** A test set as ProvenEvaluations knows it. */
export interface TestSet {
  readonly terms: TestSetTerms
  /** Hash of the terms, by which evaluations and families name the test set. */
  readonly id: Hex
  /** Siblings of a row's leaf, from the leaf up. */
  pathOf(index: number): Hex[]
}

/** The parameters of the contract's hash of its struct `TestSet`. */
const hashed = getAbiItem({ abi: provenEvaluationsAbi, name: 'testSetId' }).inputs

/**
 * Commits to a test set: the tree that TestRows.sol has, in the rows' order.
 *
 * @param rows all with as many input signals
 * @param classes how many outputs are compared, 2 at least
 * @throws ZkserveError `USAGE` for no rows, rows of different lengths or labels that are no class
 */
export function commitTestSet(rows: readonly TestSetRow[], classes: number): TestSet {
  const inputSignals = rows[0]?.input.length ?? 0
  if (inputSignals === 0 || rows.some(({ input }) => input.length !== inputSignals)) {
    throw new ZkserveError('USAGE', 'a test set needs rows, and all of them the same number of input signals')
  }
  if (classes < 2 || rows.some(({ label }) => label < 0 || label >= classes)) {
    throw new ZkserveError('USAGE', `a row's label is no class of ${classes}`)
  }
  const height = Math.ceil(Math.log2(rows.length))
  const leaves = rows.map(leafOf)
  const levels: Hex[][] = [[...leaves, ...Array<Hex>(2 ** height - rows.length).fill(zeroHash)]]
  for (let level = 0; level < height; level++) {
    const below = levels[level]!
    levels.push(
      Array.from({ length: below.length / 2 }, (_, k) =>
        keccak256(concat([below[2 * k]!, below[2 * k + 1]!])),
      ),
    )
  }
  const set = { root: levels[height]![0]!, rows: rows.length, inputSignals, classes }
  return {
    terms: set,
    id: keccak256(encodeAbiParameters(hashed, [set])),
    pathOf: (index) => levels.slice(0, height).map((level, k) => level[(index >> k) ^ 1]!),
  }
}

function leafOf({ input, label }: TestSetRow): Hex {
  return keccak256(
    encodePacked(['string', 'uint256', 'uint256[]'], ['zkserve-test-row-v1', BigInt(label), [...input]]),
  )
}
