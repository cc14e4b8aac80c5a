import { expectedGas } from '#service/oracle/price-answer.js'
import type { LedgerEntry } from '#service/oracle/request-ledger.js'

/** Gas that answers of one transaction may take together: a transaction has 2^24 at most (EIP-7825). */
const mostGas = 15_000_000n

/** Answers of one version of a model that go together, those with the earliest deadline first. @param most answers */
export function chooseBatch(proven: readonly LedgerEntry[], most: number): LedgerEntry[] {
  const [first, ...others] = proven.toSorted((a, b) => a.question.deadline - b.question.deadline)
  if (first === undefined) return []
  const chosen = [first]
  let gas = gasOf(first)
  for (const entry of others) {
    const { modelId, version } = entry.question
    const isAlike = modelId === first.question.modelId && version === first.question.version
    if (!isAlike || chosen.length >= most || gas + gasOf(entry) > mostGas) continue
    gas += gasOf(entry)
    chosen.push(entry)
  }
  return chosen
}

function gasOf({ question, answer }: LedgerEntry): bigint {
  return expectedGas(question, answer!.statement.length + 1)
}
