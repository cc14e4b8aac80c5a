import type { Command } from 'commander'
import { describeChecks } from '#service/cli/describe-provenance.js'
import { openChain } from '#service/cli/open-chain.js'
import { type LotFlags, lotOf, withLot } from '#service/cli/trace-options.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags extends LotFlags {
  readonly bundle?: string
}

/** `zkserve trace verify`: recomputes a lot's journey. */
export function traceVerifyVerb(trace: Command, { report }: VerbContext): void {
  const command = addCommand(
    trace,
    'verify',
    "recompute every hash, state and change of custody of a lot from its events, and with the bundle the model's answers; exit code 1 where something differs",
  )
  withLot(command)
    .option('--bundle <bundle>', "the version's bundle: its hashes and each step's answer are recomputed")
    .action(async (flags: Flags) => {
      const { verifyTrace } = await import('#service/chain/trace/verify-trace.js')
      const { valid, journey, checks } = await verifyTrace(await openChain(flags), lotOf(flags), flags.bundle)
      report({
        document: { valid, head: journey?.head ?? null, steps: journey?.steps.length ?? 0, checks },
        text: describeChecks(valid, null, checks),
        exitCode: valid ? 0 : 1,
      })
    })
}
