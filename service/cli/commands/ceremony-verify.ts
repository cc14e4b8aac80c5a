import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import type { CeremonyVerification } from '#prover/ceremony/verify.js'
import { describeContributions } from '#service/cli/describe-contributions.js'
import { withJobProgress } from '#service/cli/job-progress.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly bundle?: string
  readonly ptau?: string
}

type Answer = CeremonyVerification | { readonly valid: false; readonly reason: string }

/** `zkserve ceremony verify`: whether a key is what a ceremony says. */
export function verifyCeremonyVerb(ceremony: Command, { report }: VerbContext): void {
  addCommand(ceremony, 'verify <ceremony>', 'check a key from its circuit and powers of tau on')
    .option(
      '--bundle <bundle>',
      "the model whose circuit it must be; by default the ceremony folder's circuit",
    )
    .option('--ptau <file|hash>', 'imported powers of tau; by default those that the folder names')
    .action(async (path: string, flags: Flags) => {
      const answer = await check(path, flags)
      report({ document: answer, text: describe(answer), exitCode: answer.valid ? 0 : 1 })
    })
}

async function check(path: string, flags: Flags): Promise<Answer> {
  const { findCeremony } = await import('#prover/ceremony/folder.js')
  const { jobStages } = await import('#prover/ceremony/job-stages.js')
  const { findMaterials } = await import('#prover/ceremony/materials.js')
  const { verifyCeremony } = await import('#prover/ceremony/verify.js')
  const { loadBundle } = await import('#prover/bundle/load.js')
  return withJobProgress(jobStages('verifyKey'), async (hooks) => {
    const place = await findCeremony(path).catch(asAnswer)
    if ('valid' in place) return place
    const bundle = flags.bundle === undefined ? undefined : await loadBundle(flags.bundle)
    const materials = await findMaterials(place, { bundle, ptau: flags.ptau, signal: hooks.signal })
    return verifyCeremony(place, materials, hooks)
  })
}

/** A file that is no key at all, or a damaged one, does not hold. */
function asAnswer(error: unknown): Answer & { readonly valid: false } {
  if (error instanceof ZkserveError && (error.code === 'INVALID_CEREMONY' || error.code === 'INVALID_KEY')) {
    return { valid: false, reason: error.message }
  }
  throw error
}

function describe(answer: Answer): string {
  const verdict = answer.valid ? 'valid' : `invalid: ${answer.reason}`
  if (!('transcript' in answer)) return verdict
  const { finished, circuitHash, transcript } = answer
  const facts = formatFacts([
    ['circuit hash', circuitHash],
    ['powers of tau', transcript.powersOfTau.sha256],
    ['finished', finished ? 'yes: it can be exported' : 'no: it has no beacon yet'],
  ])
  return `${verdict}\n${facts}\n\n${describeContributions(transcript.contributions)}`
}
