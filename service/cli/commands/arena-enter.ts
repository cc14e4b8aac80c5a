import type { Command } from 'commander'
import {
  contestOf,
  type EntryFlags,
  entryOf,
  loadEvaluated,
  requireEvaluator,
  withEntry,
} from '#service/cli/arena-options.js'
import { readJson } from '#service/cli/files.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { requireVersion } from '#service/cli/require-version.js'
import { etherText } from '#service/cli/sent-outcome.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

/** `zkserve arena enter`: a stake on a version, and the link of its weights to the evaluator's key. */
export function arenaEnterVerb(arena: Command, { report }: VerbContext): void {
  withEntry(
    addCommand(
      arena,
      'enter <bundle>',
      "enter a registered version of yours with the contest's stake, and link its weights; run again, it does what is missing",
    ),
    'file of the link, made where it is missing: proofs take it, keep it',
  ).action(async (directory: string, flags: EntryFlags) => {
    const { ensurePrivateFile } = await import('#prover/bundle/files.js')
    const { newLinkText, parseLink } = await import('#service/arena/private-files.js')
    const { ensureLink } = await import('#service/arena/prove-entry.js')
    const { enterContest } = await import('#service/chain/arena.js')
    const { readEntries } = await import('#service/chain/read-contest.js')
    const { bundle, evaluator, evaluatorId } = await loadEvaluated(directory, flags.evaluator)
    const chain = await openToWrite(flags)
    const { place, state } = await contestOf(chain, flags)
    requireEvaluator(state, evaluatorId)
    await requireVersion(chain, place.registry, flags.model, bundle.manifest.vkHash)
    await ensurePrivateFile(flags.link, () => newLinkText(evaluator, bundle))
    const linked = parseLink(await readJson(flags.link, 'INVALID_INPUT'), evaluator, bundle)
    const found = entryOf(await readEntries(chain, place.arena, state), flags.model)
    const contestId = flags.contest
    const entered =
      found === undefined
        ? await enterContest(chain, { ...place, contestId, ...flags.model, stake: state.stake })
        : { entryId: found.entryId }
    const contestant = { evaluator, bundle, linked, ...flags.model }
    const link = await ensureLink(chain, place, state.evaluatorId, contestant)
    const sent = [entered, link].flatMap((step) => ('transaction' in step ? [step.transaction] : []))
    const gasUsed = sent.reduce((sum, transaction) => sum + Number(transaction.gasUsed), 0)
    report({
      document: {
        ...{ contestId, entryId: entered.entryId, evaluation: link.evaluation, link: flags.link },
        ...{ stake: state.stake, transactions: sent.map(({ hash }) => hash), gasUsed },
      },
      text: formatFacts([
        ['entry', String(entered.entryId)],
        ['stake', `${etherText(state.stake)}`],
        ['linked as', `evaluation ${link.evaluation}`],
        ['file of the link (keep it private, and keep it)', flags.link],
        ['transactions', `${sent.length}, ${gasUsed} gas`],
      ]),
    })
  })
}
