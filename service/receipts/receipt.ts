import { type Static, Type } from 'typebox'
import type { Hex } from 'viem'

/** What is signed, by EIP-712; the domain's chain and contract are those that the proof is bound to. */
export const receiptTypes = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ],
  Receipt: [
    { name: 'modelHash', type: 'bytes32' },
    { name: 'circuitHash', type: 'bytes32' },
    { name: 'vkHash', type: 'bytes32' },
    { name: 'inputs', type: 'bytes32' },
    { name: 'outputs', type: 'bytes32' },
    { name: 'publicSignals', type: 'bytes32' },
    { name: 'proof', type: 'bytes32' },
    { name: 'requester', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'issuedAt', type: 'uint64' },
  ],
} as const

/** The parts of the domain that every receipt shares. */
export const receiptDomain = { name: 'zkserve', version: '1' } as const

const hex = (bytes: number, description: string) =>
  Type.Unsafe<Hex>(Type.String({ description, pattern: `^0x[0-9a-fA-F]{${2 * bytes}}$` }))
const word = (description: string) => hex(32, description)
const address = (description: string) => hex(20, description)

const fields = Type.Array(Type.Object({ name: Type.String(), type: Type.String() }))
export const receiptTypesSchema = Type.Object({ EIP712Domain: fields, Receipt: fields })

/** The types as JSON that its holder may change. */
export function receiptTypesJson(): Static<typeof receiptTypesSchema> {
  return { EIP712Domain: [...receiptTypes.EIP712Domain], Receipt: [...receiptTypes.Receipt] }
}

/** A receipt as JSON: typed data as `eth_signTypedData_v4` and viem's `verifyTypedData` take it. */
export const receiptSchema = Type.Object(
  {
    signer: address('Address of the key that signed.'),
    domain: Type.Object({
      name: Type.String(),
      version: Type.String(),
      chainId: Type.String({ description: 'EIP-155 chain id, decimal.', pattern: '^[0-9]{1,78}$' }),
      verifyingContract: address('The InferenceVerifier that the proof is bound to.'),
    }),
    types: receiptTypesSchema,
    primaryType: Type.Literal('Receipt'),
    message: Type.Object({
      modelHash: word('Of the integer model.'),
      circuitHash: word('Of the compiled circuit.'),
      vkHash: word('Of the verifying key.'),
      inputs: word('The input commitment; where inputs are public, keccak256 of their public signals.'),
      outputs: word('keccak256 of the integers of all outputs, in their order, each as int256.'),
      publicSignals: word('keccak256 of all public signals, each as uint256.'),
      proof: word("keccak256 of the proof's eight words as contracts take them."),
      requester: address('Who may consume the proof.'),
      nonce: Type.Unsafe<Hex>(Type.String({ description: '0x hex.', pattern: '^0x[0-9a-f]{1,64}$' })),
      issuedAt: Type.Integer({
        minimum: 0,
        maximum: 253_402_300_799,
        description: 'When the result was made by the clock of its worker, in seconds since 1970.',
      }),
    }),
    signature: hex(65, '65 bytes: r, s, v.'),
  },
  { description: "The service's signature of the result, by EIP-712." },
)

export type Receipt = Static<typeof receiptSchema>
