import { Gauge, type Registry } from 'prom-client'
import type { Database } from '#service/database/open-database.js'
import { summariseOracle } from '#service/oracle/oracle-summary.js'

/** Tells Prometheus what the ledger says: the same from each process over one database, and after a restart. */
export function measureOracle(registry: Registry, database: Database): void {
  const registers = [registry]
  // A database that does not answer must not hide the other metrics.
  const summary = () => summariseOracle(database).catch(() => null)
  const requests: Gauge = new Gauge({
    registers,
    name: 'zkserve_oracle_requests',
    help: 'Requests to the oracle by outcome: open, proving, proven, sent, fulfilled, or why not by us.',
    labelNames: ['outcome'],
    collect: async () => {
      requests.reset()
      for (const [outcome, count] of (await summary())?.requests ?? []) requests.set({ outcome }, count)
    },
  })
  const total = (name: string, help: string, read: 'earned' | 'spent' | 'block'): void => {
    const metric: Gauge = new Gauge({
      registers,
      name,
      help,
      collect: async () => metric.set((await summary())?.[read] ?? Number.NaN),
    })
  }
  total('zkserve_oracle_earned_wei', 'Fees earned in the oracle, after royalty.', 'earned')
  total('zkserve_oracle_spent_wei', 'Cost of the gas of our transactions.', 'spent')
  total('zkserve_oracle_block', 'The last block whose events were read.', 'block')
}
