import { configNames, environmentName, flagName, settingOf } from '#service/config/schema.js'

/** The service's settings as Markdown. */
export function configurationTableText(): string {
  const rows = configNames.map((name) => {
    const setting = settingOf(name)
    const value = String(setting.default)
    const shown = value === '' ? '' : `\`${value}\``
    return `| \`${flagName(name)}\` | \`${environmentName(name)}\` | ${shown} | ${setting.description} |`
  })
  return ['| flag | environment | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}
