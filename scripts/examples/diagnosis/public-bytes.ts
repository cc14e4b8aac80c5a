import { type Address, hexToBytes, numberToBytes } from 'viem'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import type { Bundle } from '#prover/bundle/load.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import type { PatientRecord } from '#scripts/examples/diagnosis/record.js'
import type { ChainReader } from '#service/chain/connect-chain.js'

/** Shorter runs of bytes are the same by chance. */
const runLength = 5

/** Everything that the chain holds of an address: calldata and events of all transactions to it. */
export async function publicBytes({ client }: ChainReader, address: Address): Promise<Uint8Array> {
  const latest = await client.getBlockNumber()
  const parts: Uint8Array[] = []
  for (let blockNumber = 0n; blockNumber <= latest; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true })
    for (const { to, input } of transactions) {
      if (to?.toLowerCase() === address.toLowerCase()) parts.push(hexToBytes(input))
    }
  }
  const logs = await client.getLogs({ address, fromBlock: 0n })
  for (const { topics, data } of logs) parts.push(...[...topics, data].map((part) => hexToBytes(part)))
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)))
}

/** How many runs of five bytes of a record's salt and features, in any form they have here, stand in `bytes`. */
export function findRecord({ model }: Bundle, { features, salt }: PatientRecord, bytes: Uint8Array): number {
  const { integers } = quantiseInputs(model, new Map([[model.inputs[0]!.name, features]]))
  const words = [salt, ...packInputs(model, integers)].map((word) => numberToBytes(word, { size: 32 }))
  const floats = new Uint8Array(Float32Array.from(features.data).buffer)
  const text = Buffer.from(bytes)
  let found = 0
  for (const secret of [...words, floats]) {
    for (let at = 0; at + runLength <= secret.length; at++) {
      const run = secret.subarray(at, at + runLength)
      if (run.some((byte) => byte !== 0) && text.includes(Buffer.from(run))) found++
    }
  }
  return found
}
