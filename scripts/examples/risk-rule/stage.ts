import { type Address, erc20Abi, parseUnits } from 'viem'
import type { Bundle } from '#prover/bundle/load.js'
import { unpackLanes } from '#scripts/examples/byte-lanes.js'
import { type ConsumerStage, type Person, setConsumerStage } from '#scripts/examples/consumer-stage.js'
import { thresholdOf } from '#scripts/examples/crop-insurance/features.js'
import {
  changePrice,
  deployStrategy,
  deployVault,
  depositInto,
  observePrices,
  readQuestion,
  type VaultLimits,
} from '#scripts/examples/risk-rule/contracts.js'
import { transferTokens } from '#scripts/examples/transfer-tokens.js'
import { changesSeen, strategies } from '#scripts/models/strategy-outlook/features.js'
import { deployPaymentToken } from '#service/chain/deploy-payment-token.js'
import type { Inference } from '#service/chain/encode-proof-calldata.js'

const [hour, day] = [3_600, 86_400]

/** A tenth a move, a quarter a day, two fifths in one strategy, a tenth idle; stop at a fall of a tenth. */
export const limits: VaultLimits = {
  ...{ move: 1_000, day: 2_500, share: 4_000, reserve: 1_000 },
  ...{ drawdown: 1_000, band: 1_000, slippage: 50 },
  ...{ cooldown: 4 * hour, interval: day, rest: 30 * day, callGas: 1_000_000 },
}

/** A chain with a vault over three strategies, and those who have to do with it. */
export interface VaultStage extends ConsumerStage {
  readonly vault: Address
  readonly token: Address
  /** Depositors with 1,000,000 tokens each, who brings proofs, and who wishes the vault ill. */
  readonly people: readonly [Person, Person, Person, Person]
  /** A day passes; each strategy gains or loses so many ten-thousandths; anyone observes. */
  passDay(changes: readonly number[]): Promise<void>
  /** Proves what the model makes of the prices, for the vault's round, or of other prices, for another round. */
  proveProposal(instead?: { readonly features?: bigint; readonly round?: bigint }): Promise<Inference>
  /** A proof's targets, in hundredths of the whole. */
  targetsOf(inference: Inference): number[]
  balanceOf(account: Person): Promise<bigint>
}

/** Sets it all up. */
export async function setVaultStage(bundle: Bundle): Promise<VaultStage> {
  const stage = await setConsumerStage(bundle, 4)
  try {
    const { chain } = stage
    const people = stage.people as [Person, Person, Person, Person]
    const owner = chain.account.address
    const supply = parseUnits('10000000', 6)
    const { address: token } = await deployPaymentToken(chain, {
      ...{ name: 'Token', symbol: 'TOK', supply, holder: owner },
    })
    const listed: Address[] = []
    for (let k = 0; k < strategies; k++) {
      const { address } = await deployStrategy(chain, token)
      await depositInto(chain, address, token, parseUnits('1000000', 6))
      listed.push(address)
    }
    const one = thresholdOf(bundle, 1)
    const deployed = await deployVault(chain, token, listed, { ...stage, one, limits })
    const vault = deployed.address
    stage.spend('deploy GuardedVault', deployed)
    for (const { account } of people.slice(0, 2)) {
      await transferTokens(chain, token, account.address, parseUnits('1000000', 6))
    }
    return {
      ...{ ...stage, people, vault, token },
      passDay: async (changes) => {
        await stage.pass(day)
        for (const [k, change] of changes.entries()) await changePrice(chain, listed[k]!, token, change)
        stage.spend('observe', await observePrices(chain, vault))
      },
      proveProposal: async ({ features, round } = {}) => {
        const question = await readQuestion(chain, vault)
        const lanes = unpackLanes(features ?? question.features, strategies * changesSeen)
        return stage.prove(lanes, { requester: vault, nonce: round ?? question.round })
      },
      targetsOf: ({ statement }) =>
        Array.from({ length: strategies }, (_, k) => {
          const lane = Number(BigInt.asIntN(32, statement[1]! >> BigInt(32 * k)))
          return Math.round((100 * lane) / one)
        }),
      balanceOf: ({ account }) => {
        const call = { address: token, abi: erc20Abi, args: [account.address] } as const
        return chain.client.readContract({ ...call, functionName: 'balanceOf' })
      },
    }
  } catch (error) {
    await stage.close()
    throw error
  }
}
