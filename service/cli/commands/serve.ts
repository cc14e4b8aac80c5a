import { type Command, Option } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { printableLine } from '#service/cli/printable.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import type { GivenConfig } from '#service/config/resolve.js'
import { configNames, environmentName, flagName, settingOf } from '#service/config/schema.js'

/** `zkserve serve`: the HTTP service, until it is stopped. */
export function serveVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(program, 'serve', 'serve bundles over HTTP')
  for (const name of configNames) {
    const { type, description } = settingOf(name)
    const value = type === 'array' ? '<values...>' : '<value>'
    command.addOption(new Option(`${flagName(name)} ${value}`, `${description} [${environmentName(name)}]`))
  }
  command.action(async ({ json: _, ...flags }: GivenConfig & { readonly json?: boolean }) => {
    const { resolveConfig } = await import('#service/config/resolve.js')
    const { startServer } = await import('#service/http/start.js')
    const { openSigner } = await import('#service/receipts/open-signer.js')
    const config = resolveConfig(flags, process.env)
    if (config.models.length === 0) {
      throw new ZkserveError('USAGE', 'no models to serve', {
        hints: ['Give bundles, or directories of bundles, with --models.'],
      })
    }
    const signer = await openSigner(config, process.env)
    const { url, models, stopped } = await startServer(config, signer)
    const text = `zkserve listens on ${url} and serves ${models.map(({ name }) => printableLine(name)).join(', ')}`
    report({ document: { url, models }, text: `${text}\nAPI: ${url}/docs` })
    await stopped
  })
}
