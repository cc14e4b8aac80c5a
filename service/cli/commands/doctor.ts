import type { Command } from 'commander'
import { formatTable } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve doctor`: what is installed and used, and what is missing. */
export function doctorVerb(program: Command, { report }: VerbContext): void {
  addCommand(
    program,
    'doctor',
    'show what is installed, which compiler and prover are used, what is missing',
  ).action(async () => {
    const { examineInstallation } = await import('#service/cli/examine-installation.js')
    const parts = await examineInstallation()
    const missing = parts.filter(({ found }) => !found)
    const ok = missing.every(({ needed }) => !needed)
    const rows = parts.map(({ name, found, needed, version, use }) => [
      name,
      found ? (version ?? 'found') : needed ? 'MISSING' : 'not there',
      use,
    ])
    const hints = missing.map(({ name, hint }) => `${name}: ${hint}`)
    const text = [formatTable(['part', 'version', 'for'], rows), ...hints].join('\n')
    report({ document: { ok, parts, missing: missing.map(({ name }) => name) }, text, exitCode: ok ? 0 : 1 })
  })
}
