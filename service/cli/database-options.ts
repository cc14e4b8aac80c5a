import type { Command } from 'commander'
import { Option } from 'commander'
import { environmentName, flagName, settingOf } from '#service/config/schema.js'

/** Flags that name a service's database, as `zkserve serve` has them. */
export interface DatabaseFlags {
  readonly database?: string
  readonly dataDir?: string
}

/** Adds the flags that name a service's database. */
export function withDatabase(command: Command): Command {
  for (const name of ['database', 'dataDir'] as const) {
    const { description } = settingOf(name)
    command.addOption(new Option(`${flagName(name)} <value>`, `${description} [${environmentName(name)}]`))
  }
  return command
}
