import type { Command } from 'commander'
import { auditAnchorVerb } from '#service/cli/commands/audit-anchor.js'
import { auditExportVerb } from '#service/cli/commands/audit-export.js'
import { auditHeadVerb } from '#service/cli/commands/audit-head.js'
import { auditVerifyVerb } from '#service/cli/commands/audit-verify.js'
import type { VerbContext } from '#service/cli/verb.js'

/** `zkserve audit`: the log of what was done, and whether it is whole. */
export function auditVerb(program: Command, context: VerbContext): void {
  const audit = program.command('audit').description('check, export and anchor the audit log of a service')
  for (const addVerb of [auditVerifyVerb, auditHeadVerb, auditExportVerb, auditAnchorVerb])
    addVerb(audit, context)
}
