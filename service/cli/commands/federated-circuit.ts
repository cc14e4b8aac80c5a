import { type Command, Option } from 'commander'
import { readNumber } from '#service/cli/chain-options.js'
import { withInterrupt } from '#service/cli/interrupt.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly members: number
  readonly size: number
  readonly updateBits: number
  readonly clipBits: number
  readonly weightBits: number
  readonly out: string
}

const number = (flags: string, description: string) =>
  new Option(flags, description).argParser(readNumber).makeOptionMandatory()

/** `zkserve federated circuit`: the circuit of a federation's rounds, and a key to prove them. */
export function federatedCircuitVerb(federated: Command, { report }: VerbContext): void {
  addCommand(federated, 'circuit', "make the circuit and the keys of a federation's rounds")
    .addOption(number('--members <number>', 'members, 1 to 10'))
    .addOption(number('--size <number>', 'weights of the model'))
    .addOption(number('--update-bits <number>', "width of an update's integers"))
    .addOption(number('--clip-bits <number>', 'k: an update counts from -2^k to 2^k - 1'))
    .addOption(number('--weight-bits <number>', "width of a weight's integers"))
    .requiredOption('--out <directory>', 'where the circuit goes; must not hold anything yet')
    .action(async (flags: Flags) => {
      const { buildRoundCircuit } = await import('#prover/federated/circuit.js')
      const { writeRoundCircuit } = await import('#prover/federated/store.js')
      const { members, size, updateBits, clipBits, weightBits } = flags
      const rules = { members, size, updateBits, clipBits, weightBits }
      const circuit = await withInterrupt((signal) => buildRoundCircuit(rules, signal))
      await writeRoundCircuit(flags.out, circuit)
      const { constraints, circuitHash } = circuit
      report({
        document: { circuit: flags.out, rules, constraints, circuitHash },
        text: formatFacts([
          ['circuit', flags.out],
          ['circuit hash', circuitHash],
          ['constraints', constraints],
          ['keys', 'development: made by one party, who could forge rounds'],
        ]),
      })
    })
}
