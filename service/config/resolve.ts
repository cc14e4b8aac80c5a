import { delimiter } from 'node:path'
import { Errors } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import { readConfigFile } from '#service/config/config-file.js'
import {
  type Config,
  type ConfigName,
  configNames,
  environmentName,
  fileVariable,
  flagName,
  settingOf,
} from '#service/config/schema.js'
import { shownValue } from '#service/config/shown-value.js'

/** Settings as they are given: text, or values already of the schema's types; `config` is the path of a file. */
export type GivenConfig = Readonly<Partial<Record<ConfigName, unknown>>> & { readonly config?: unknown }

/** Where a setting was found. */
export type ConfigSource = 'flag' | 'environment' | 'file' | 'default'

export interface ResolvedConfig {
  readonly config: Config
  readonly sources: Readonly<Record<ConfigName, ConfigSource>>
  /** Path of the file, or null. */
  readonly file: string | null
}

/**
 * The settings: flags go before environment variables, those before the file, and that before defaults.
 * @throws ZkserveError `USAGE` for a value that the schema refuses, `FILE_NOT_FOUND`
 */
export function resolveConfig(flags: GivenConfig, environment: NodeJS.ProcessEnv = {}): Config {
  return resolveSettings(flags, environment).config
}

/** As {@link resolveConfig}, with the place where each setting was found. */
export function resolveSettings(flags: GivenConfig, environment: NodeJS.ProcessEnv = {}): ResolvedConfig {
  const file = textOf(flags.config) ?? textOf(environment[fileVariable])
  const inFile = file === null ? {} : readConfigFile(file)
  const found = configNames.map((name): readonly [ConfigName, ConfigSource, unknown] => {
    if (flags[name] !== undefined) return [name, 'flag', readText(name, flags[name], flagName(name))]
    const variable = environmentName(name)
    const text = environment[variable] ?? (name === 'database' ? environment.DATABASE_URL : undefined)
    if (text !== undefined && text !== '') return [name, 'environment', readText(name, text, variable)]
    const value = inFile[name]
    if (value !== undefined) return [name, 'file', checked(name, value, `"${name}" in "${file}"`)]
    return [name, 'default', settingOf(name).default]
  })
  const config = Object.fromEntries(found.map(([name, , value]) => [name, value])) as Config
  const sources = Object.fromEntries(
    found.map(([name, source]) => [name, source]),
  ) as ResolvedConfig['sources']
  checkTogether(config)
  return { config, sources, file }
}

/** What no single setting shows. */
function checkTogether(config: Config): void {
  const { connectionTimeout, waitTimeout, role, database, agentName, publicUrl, oracle, oracleRpc } = config
  checkPayments(config)
  if (connectionTimeout <= waitTimeout) {
    throw new ZkserveError(
      'USAGE',
      `the connection time-out (${connectionTimeout} ms) must exceed the wait time-out (${waitTimeout} ms)`,
    )
  }
  if (agentName !== '' && publicUrl === '') {
    throw new ZkserveError('USAGE', 'an agent needs an address that others reach', {
      hints: ['Give it by --public-url.'],
    })
  }
  if (config.access.length > 0 && (config.accessGrants === '' || config.accessRpc === '')) {
    throw new ZkserveError('USAGE', 'models with access need the address of the grants and of their chain', {
      hints: ['Give --access-grants and --access-rpc.'],
    })
  }
  if (role === 'oracle' && (oracle === '' || oracleRpc === '')) {
    throw new ZkserveError('USAGE', 'role oracle needs an oracle and a chain', {
      hints: ['Give the address of an InferenceOracle by --oracle, and that of a node by --oracle-rpc.'],
    })
  }
  if ((role === 'api' || role === 'worker') && !database.startsWith('postgres')) {
    throw new ZkserveError('USAGE', `role ${role} needs a database that others reach`, {
      hints: ['Give the address of a Postgres server by --database or DATABASE_URL.'],
    })
  }
}

/** Whoever is to be paid says in what, and who sees to it. */
function checkPayments(config: Config): void {
  if (config.paymentTo === '') return
  const missing = (['paymentAsset', 'paymentFacilitator', 'paymentRpc'] as const).find(
    (name) => config[name] === '',
  )
  if (missing === undefined) return
  throw new ZkserveError('USAGE', `payments need ${flagName(missing)} too`, {
    hints: [settingOf(missing).description],
  })
}

function textOf(given: unknown): string | null {
  return typeof given === 'string' && given !== '' ? given : null
}

function readText(name: ConfigName, given: unknown, source: string): unknown {
  return checked(name, typeof given === 'string' ? fromText(name, given) : given, source)
}

function checked(name: ConfigName, value: unknown, source: string): unknown {
  const setting = settingOf(name)
  const [error] = Errors(setting, value)
  if (error === undefined) return value
  const shown = JSON.stringify(shownValue(name, value))
  throw new ZkserveError('USAGE', `wrong ${source}: ${error.message}, got ${shown}`, {
    hints: [setting.description],
  })
}

function fromText(name: ConfigName, text: string): unknown {
  const { type } = settingOf(name)
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : text)
  if (type === 'integer') return /^\d+$/.test(text) ? Number(text) : text
  if (type !== 'array') return text
  const separator = name === 'models' ? delimiter : ','
  return text.split(separator).filter((part) => part !== '')
}
