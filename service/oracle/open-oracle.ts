import type { FastifyBaseLogger } from 'fastify'
import type { Address } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import { type Config, environmentName, flagName } from '#service/config/schema.js'
import type { Services } from '#service/http/services.js'
import { Openings } from '#service/oracle/openings.js'
import { OracleWatcher } from '#service/oracle/oracle-watcher.js'
import type { TransactionSigner } from '#service/oracle/transaction-signer.js'
import { openKey } from '#service/receipts/open-signer.js'
import { localSigner } from '#service/receipts/signer.js'

/** The variable that may hold the private key: 32 bytes in hex. There is no flag, because others can see those. */
export const oracleKeyVariable = 'ZKSERVE_ORACLE_KEY'

/**
 * Who signs an oracle's answers; null where this process sends none. The key is taken out of the environment.
 * @throws ZkserveError `INVALID_SIGNER`, `FILE_NOT_FOUND`, `USAGE`
 */
export async function openOracleSigner(
  config: Pick<Config, 'role' | 'oracleKeystore' | 'oraclePasswordFile'>,
  environment: NodeJS.ProcessEnv,
): Promise<TransactionSigner | null> {
  const keystore = 'oracleKeystore'
  const passwordFile = 'oraclePasswordFile'
  const key = await openKey({ variable: oracleKeyVariable, keystore, passwordFile }, config, environment)
  if (config.role !== 'oracle') return null
  if (key !== null) return localSigner(key)
  const names = `${oracleKeyVariable} or ${environmentName('oracleKeystore')}`
  throw new ZkserveError('USAGE', `role oracle needs a key: ${names}`, {
    hints: [`Give a keystore by ${flagName('oracleKeystore')} and ${flagName('oraclePasswordFile')}.`],
  })
}

type Grounds = Pick<Services, 'config' | 'models' | 'jobs' | 'queue' | 'changes' | 'database' | 'cipher'> & {
  readonly name: string
  /** ms */
  readonly lease: number
  readonly signer: TransactionSigner
  readonly log: FastifyBaseLogger
}

/** The watcher that the settings describe, not started yet. */
export function openOracle({ config, cipher, changes, lease, ...grounds }: Grounds): OracleWatcher {
  return new OracleWatcher({
    ...grounds,
    rpcUrl: config.oracleRpc,
    chainId: Number(config.chainId),
    oracle: config.oracle as Address,
    confirmations: config.oracleConfirmations,
    startBlock: config.oracleStartBlock,
    policy: {
      perMillionConstraints: BigInt(config.oraclePrice),
      gasMargin: config.oracleGasMargin,
      callbackGas: config.oracleCallbackGas,
      leadTime: config.oracleLeadTime,
    },
    batch: config.oracleBatch,
    dailySpend: BigInt(config.oracleDailySpend),
    bumpAfter: config.oracleBumpAfter,
    poll: config.oraclePoll,
    lifetime: config.oracleLifetime,
    leaseTime: lease,
    isAlone: !config.database.startsWith('postgres'),
    openings: new Openings(grounds.database, cipher),
    prover: { backend: config.backend, threads: config.proofThreads },
    subscribe: (listener) => changes.subscribe(listener),
  })
}
