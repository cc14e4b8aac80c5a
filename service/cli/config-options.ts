import { type Command, Option } from 'commander'
import { configNames, environmentName, fileVariable, flagName, settingOf } from '#service/config/schema.js'

/** Gives a command a flag for every setting of the service, and one for the file with settings. */
export function addConfigOptions(command: Command): Command {
  const file = `JSON file with settings; flags and variables go before it [${fileVariable}]`
  command.addOption(new Option('--config <file>', file))
  for (const name of configNames) {
    const { type, description } = settingOf(name)
    const value = type === 'array' ? '<values...>' : '<value>'
    command.addOption(new Option(`${flagName(name)} ${value}`, `${description} [${environmentName(name)}]`))
  }
  return command
}
