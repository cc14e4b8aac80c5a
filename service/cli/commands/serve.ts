import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { addConfigOptions } from '#service/cli/config-options.js'
import { printableLine } from '#service/cli/printable.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import type { GivenConfig } from '#service/config/resolve.js'

/** `zkserve serve`: the HTTP service, until it is stopped. */
export function serveVerb(program: Command, { report }: VerbContext): void {
  const command = addConfigOptions(addCommand(program, 'serve', 'serve bundles over HTTP'))
  command.action(async ({ json: _, ...flags }: GivenConfig & { readonly json?: boolean }) => {
    const { resolveConfig } = await import('#service/config/resolve.js')
    const { startServer } = await import('#service/http/start.js')
    const { openOracleSigner } = await import('#service/oracle/open-oracle.js')
    const { openSigner } = await import('#service/receipts/open-signer.js')
    const config = resolveConfig(flags, process.env)
    if (config.models.length === 0 && config.store === '' && config.database.startsWith('postgres')) {
      throw new ZkserveError('USAGE', 'no models to serve', {
        hints: [
          'Give bundles, or directories of bundles, with --models, or a store of bundles with --store.',
        ],
      })
    }
    const signer = await openSigner(config, process.env)
    const oracleSigner = await openOracleSigner(config, process.env)
    const { url, models, stopped } = await startServer(config, signer, oracleSigner)
    const names = models.map(({ name }) => printableLine(name)).join(', ') || 'what is in its store'
    const text = `zkserve listens on ${url} and serves ${names}`
    report({ document: { url, models }, text: `${text}\nAPI: ${url}/docs` })
    await stopped
  })
}
