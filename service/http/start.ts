import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { ZkserveError } from '#circuits/errors.js'
import { listenForAdmin } from '#service/admin/admin-socket.js'
import type { Config } from '#service/config/schema.js'
import { openPortWarning } from '#service/http/open-port.js'
import { hashesOf, type ModelHashes } from '#service/http/schemas/model.js'
import { createServer } from '#service/http/server.js'
import { ServedModels } from '#service/models/served-models.js'
import type { TransactionSigner } from '#service/oracle/transaction-signer.js'
import type { ReceiptSigner } from '#service/receipts/signer.js'

/** A service that listens. */
export interface RunningServer {
  /** Base address, without a slash at the end. */
  readonly url: string
  readonly models: readonly ModelHashes[]
  /** Says that it is not ready; after the drain delay stops taking requests, lets running proofs end, and ends. */
  close(): Promise<void>
  /** Settles when the service has ended. */
  readonly stopped: Promise<void>
}

/**
 * Loads the models, listens, and ends on SIGINT or SIGTERM; a second signal ends the process at once.
 * @throws ZkserveError `BUNDLE_NOT_FOUND`, `BUNDLE_CORRUPT`, `INVALID_KEY`, `USAGE` where the address is taken
 */
export async function startServer(
  config: Config,
  signer: ReceiptSigner | null = null,
  oracleSigner: TransactionSigner | null = null,
): Promise<RunningServer> {
  const models = await ServedModels.load(config.models)
  const server = await createServer(config, models, signer, oracleSigner)
  const endAdmin = await openAdmin(server, config)
  try {
    await server.listen({ host: config.host, port: config.port })
  } catch (cause) {
    await endAdmin()
    await server.close()
    const message = `cannot listen on ${config.host}:${config.port}: ${(cause as Error).message}`
    throw new ZkserveError('USAGE', message, { cause, hints: ['Choose another address or port.'] })
  }
  const warning = openPortWarning(config, (server.server.address() as AddressInfo).address)
  if (warning !== null) server.log.warn(warning)
  const stopped = new Promise<void>((resolve) => server.server.once('close', resolve))
  let closing: Promise<void> | undefined
  const drained = async (): Promise<void> => {
    server.drain.begun = true
    await sleep(config.drainDelay)
    await endAdmin()
    await server.close()
  }
  const close = (): Promise<void> => {
    closing ??= drained().finally(() => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, onSignal)
    })
    return closing
  }
  const onSignal = (): void => {
    if (closing !== undefined) process.exit(130)
    server.log.info('stopping')
    void close()
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, onSignal)
  return {
    url: urlOf(server.server.address() as AddressInfo),
    models: models.bundles.map(hashesOf),
    close,
    stopped: stopped.then(() => closing),
  }
}

/** The embedded database is this process's alone: the operator asks it. */
async function openAdmin(server: FastifyInstance, config: Config): Promise<() => Promise<void>> {
  if (config.database !== 'embedded') return async () => {}
  try {
    return await listenForAdmin(config.dataDir, server.admin)
  } catch (error) {
    server.log.warn({ err: error }, 'tenants and keys can be changed only while this service is stopped')
    return async () => {}
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
