import type { Command } from 'commander'
import { addConfigOptions } from '#service/cli/config-options.js'
import { formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'
import type { GivenConfig } from '#service/config/resolve.js'

/** Variables that are secrets: they have no flag, and stand in no file. */
const secretVariables = ['ZKSERVE_ENCRYPTION_KEYS', 'ZKSERVE_SIGNER_KEY', 'ZKSERVE_ORACLE_KEY'] as const

/** `zkserve config print`, `zkserve config check`: the settings that `zkserve serve` would run with. */
export function configVerb(program: Command, context: VerbContext): void {
  const config = program.command('config').description('show or check the settings of the service')
  for (const addVerb of [printVerb, checkVerb]) addVerb(config, context)
}

function printVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(
    program,
    'print',
    'show every setting and where it comes from; secrets are hidden',
  )
  addConfigOptions(command).action(async (flags: GivenConfig) => {
    const { resolveSettings } = await import('#service/config/resolve.js')
    const { configNames } = await import('#service/config/schema.js')
    const { shownValue } = await import('#service/config/shown-value.js')
    const { config, sources, file } = resolveSettings(flags, process.env)
    const settings = configNames.map((name) => ({
      ...{ name, value: shownValue(name, config[name]), source: sources[name] },
    }))
    const secrets = secretVariables.map((name) => ({ name, given: (process.env[name] ?? '') !== '' }))
    const rows = settings.map(({ name, value, source }) => [name, textOf(value), source])
    const more = secrets.map(({ name, given }) => [name, given ? 'given' : 'not given', 'environment'])
    report({
      document: { file, settings, secrets },
      text: formatTable(['setting', 'value', 'from'], [...rows, ...more]),
    })
  })
}

function checkVerb(program: Command, { report }: VerbContext): void {
  const command = addCommand(program, 'check', 'check settings without starting anything')
  addConfigOptions(command).action(async (flags: GivenConfig) => {
    const { resolveSettings } = await import('#service/config/resolve.js')
    const { file } = resolveSettings(flags, process.env)
    const text =
      file === null ? 'The settings hold.' : `The settings of "${file}" hold, with what is given beside it.`
    report({ document: { ok: true, file }, text })
  })
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(' ') : String(value)
}
