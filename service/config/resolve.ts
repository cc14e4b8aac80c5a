import { delimiter } from 'node:path'
import { Errors } from 'typebox/value'
import { ZkserveError } from '#circuits/errors.js'
import {
  type Config,
  type ConfigName,
  configNames,
  environmentName,
  flagName,
  settingOf,
} from '#service/config/schema.js'

/** Settings as they are given: text, or values already of the schema's types. */
export type GivenConfig = Readonly<Partial<Record<ConfigName, unknown>>>

/**
 * The settings: flags go before environment variables, and those before defaults.
 * @throws ZkserveError `USAGE` for a value that the schema refuses
 */
export function resolveConfig(flags: GivenConfig, environment: NodeJS.ProcessEnv = {}): Config {
  const entries = configNames.map((name): [ConfigName, unknown] => {
    const property = settingOf(name)
    if (flags[name] !== undefined) return [name, readValue(name, flags[name], flagName(name))]
    const variable = environmentName(name)
    const text = environment[variable] ?? (name === 'database' ? environment.DATABASE_URL : undefined)
    if (text !== undefined && text !== '') return [name, readValue(name, text, variable)]
    return [name, property.default]
  })
  const config = Object.fromEntries(entries) as Config
  if (config.connectionTimeout <= config.waitTimeout) {
    throw new ZkserveError(
      'USAGE',
      `the connection time-out (${config.connectionTimeout} ms) must exceed the wait time-out (${config.waitTimeout} ms)`,
    )
  }
  if (config.role !== 'all' && !config.database.startsWith('postgres')) {
    throw new ZkserveError('USAGE', `role ${config.role} needs a database that others reach`, {
      hints: ['Give the address of a Postgres server by --database or DATABASE_URL.'],
    })
  }
  return config
}

function readValue(name: ConfigName, given: unknown, source: string): unknown {
  const property = settingOf(name)
  const value = typeof given === 'string' ? fromText(name, given) : given
  const [error] = Errors(property, value)
  if (error === undefined) return value
  const shown = JSON.stringify(given)
  throw new ZkserveError('USAGE', `wrong ${source}: ${error.message}, got ${shown}`, {
    hints: [property.description],
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
