import { type Static, Type } from 'typebox'

/** What an ERC-8004 registration file is, as its `type`. */
export const registrationType = 'https://eips.ethereum.org/EIPS/eip-8004#registration-v1'

/** Where an endpoint's domain shows which agents are its own (ERC-8004, "Endpoint Domain Verification"). */
export const registrationPath = '/.well-known/agent-registration.json'

/** The name of the entry of `services` in which services of this kind tell their models. */
export const offerName = 'zkserve'

/** The name of the entry in which sellers tell where they take orders for jobs of ERC-8183. */
export const ordersName = 'zkserve orders'

const serviceProperties = {
  name: Type.String({ maxLength: 256 }),
  endpoint: Type.String({ maxLength: 2048 }),
  version: Type.Optional(Type.String({ maxLength: 256 })),
}

/** The entry `zkserve` of `services`: what is offered, and which contract takes the proofs. */
export const offerSchema = Type.Object({
  ...serviceProperties,
  verifier: Type.Object({
    chainId: Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$' }),
    address: Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }),
  }),
  models: Type.Array(
    Type.Object({
      name: Type.String({ maxLength: 256 }),
      vkHash: Type.String({ pattern: '^0x[0-9a-fA-F]{64}$' }),
      modelId: Type.String({ pattern: '^(0|[1-9][0-9]{0,76})$' }),
      version: Type.Integer({ minimum: 1, maximum: 4_294_967_295 }),
    }),
    { maxItems: 256 },
  ),
})

const registrationSchema = Type.Object({
  agentId: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  agentRegistry: Type.String({
    pattern: '^eip155:(0|[1-9][0-9]{0,77}):0x[0-9a-fA-F]{40}$',
    description: 'Chain and address of the Identity Registry.',
  }),
})

/** The structure that ERC-8004 demands. Agents may write more beside it. */
export const registrationFileSchema = Type.Object(
  {
    type: Type.Literal(registrationType),
    name: Type.String({ maxLength: 256 }),
    description: Type.String({ maxLength: 8192 }),
    image: Type.String({ maxLength: 8192 }),
    services: Type.Array(
      Type.Object({
        ...serviceProperties,
        verifier: Type.Optional(Type.Unknown({ description: 'In the entry `zkserve`: who takes proofs.' })),
        models: Type.Optional(
          Type.Unknown({ description: 'In the entry `zkserve`: models with their ids in the registry.' }),
        ),
      }),
      { maxItems: 64 },
    ),
    x402Support: Type.Boolean(),
    active: Type.Boolean(),
    registrations: Type.Array(registrationSchema, { maxItems: 64 }),
    supportedTrust: Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 64 })),
  },
  {
    examples: [
      {
        type: registrationType,
        name: 'crop risks',
        description: 'Proven answers of neural networks: crop-risk.',
        image: 'https://agent.example/image.png',
        services: [
          {
            name: offerName,
            endpoint: 'https://agent.example',
            verifier: { chainId: '1', address: '0x5FbDB2315678afecb367f032d93F642f64180aa3' },
            models: [{ name: 'crop-risk', vkHash: `0x${'1f'.repeat(32)}`, modelId: '7', version: 1 }],
          },
        ],
        x402Support: false,
        active: true,
        registrations: [
          { agentId: 22, agentRegistry: 'eip155:1:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432' },
        ],
        supportedTrust: ['zkml'],
      },
    ],
  },
)

export type RegistrationFile = Static<typeof registrationFileSchema>
export type AgentRegistration = Static<typeof registrationSchema>
export type Offer = Static<typeof offerSchema>
export type OfferedModel = Offer['models'][number]
