import type { Command } from 'commander'
import { ZkserveError } from '#circuits/errors.js'
import { fromBlockOption } from '#service/cli/chain-options.js'
import {
  type FederationFlags,
  federationOf,
  readHanded,
  roundOf,
  withRound,
} from '#service/cli/federated-options.js'
import { readJson } from '#service/cli/files.js'
import { openToWrite } from '#service/cli/open-chain.js'
import { sentOutcome } from '#service/cli/sent-outcome.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface SettleFlags extends FederationFlags {
  readonly circuit: string
  readonly weights: string
  readonly out: string
}

/** `zkserve federated settle`: the proof of a round. */
export function federatedSettleVerb(federated: Command, { report }: VerbContext): void {
  withRound(
    addCommand(
      federated,
      'settle [openings...]',
      'prove the average of a round and hand it in; openings that were revealed are read from the chain',
    ),
  )
    .requiredOption('--circuit <directory>', 'the folder of `zkserve federated circuit`')
    .requiredOption('--weights <file>', 'the weights that the round starts from')
    .requiredOption('--out <file>', 'new file for the next weights: the next round starts from them')
    .addOption(fromBlockOption())
    .action(async (paths: readonly string[], flags: SettleFlags) => {
      const { makePrivateFile } = await import('#prover/bundle/files.js')
      const { readRoundCircuit } = await import('#prover/federated/store.js')
      const { settleRound } = await import('#service/chain/federated/coordinator.js')
      const { parseWeights, weightsText } = await import('#service/federated/private-files.js')
      const { withProver } = await import('#service/cli/with-prover.js')
      const { includedUpdates, proveForRound } = await import('#service/federated/rounds.js')
      const circuit = await readRoundCircuit(flags.circuit)
      const value = await readJson(flags.weights, 'INVALID_INPUT')
      const chain = await openToWrite(flags)
      const federation = await federationOf(chain, flags)
      const { rounds, verifier, rules } = federation
      const round = await roundOf(chain, federation, flags)
      const { roundId, ready } = round
      if (JSON.stringify(sorted(circuit.rules)) !== JSON.stringify(sorted(rules)))
        throw new ZkserveError('USAGE', `"${flags.circuit}" is the circuit of another federation`)
      if (round.status !== 'open' || ready.length === 0) {
        const what = round.status === 'open' ? 'has no update to be included' : `is ${round.status}`
        throw new ZkserveError('USAGE', `round ${roundId} ${what}`, {
          hints: ['`zkserve federated show` tells where it stands.'],
        })
      }
      const before = await parseWeights(value, rules, round.weights)
      const handed = await readHanded(paths, round, federation)
      const updates = await includedUpdates(chain, federation, round, handed)
      const place = { rounds, roundId, verifier, chainId: chain.chainId }
      const { after, next, words } = await withProver('auto', (prover) =>
        proveForRound(circuit, prover, place, before, updates),
      )
      await makePrivateFile(flags.out, weightsText(after))
      const transaction = await settleRound(chain, { rounds, roundId, next, proof: words })
      report(
        sentOutcome(transaction, { roundId, included: ready, weights: next, file: flags.out }, [
          ['round', `${roundId}, settled`],
          ['included', `slots ${ready.join(', ')}`],
          ['commitment to the weights', String(next)],
          ['file of the weights (for members alone)', flags.out],
        ]),
      )
    })
}

/** `zkserve federated end`: ends a round that has no proof. */
export function federatedEndVerb(federated: Command, { report }: VerbContext): void {
  withRound(
    addCommand(
      federated,
      'end',
      'end a round that was not proven in time, or has nothing to prove; anyone may',
    ),
  ).action(async (flags: FederationFlags) => {
    const chain = await openToWrite(flags)
    const { endRound } = await import('#service/chain/federated/coordinator.js')
    const federation = await federationOf(chain, flags)
    const { rounds } = federation
    const { roundId } = await roundOf(chain, federation, flags)
    const transaction = await endRound(chain, { rounds, roundId })
    const { status } = await roundOf(chain, federation, { ...flags, round: roundId })
    report(sentOutcome(transaction, { roundId, status }, [['round', `${roundId}, ${status}`]]))
  })
}

/** Rules in one order, to be compared. */
function sorted(rules: object): unknown {
  return Object.entries(rules).sort()
}
