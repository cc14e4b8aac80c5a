import { formatUnits, parseUnits } from 'viem'
import { ensureLanesBundle } from '#scripts/examples/byte-lanes.js'
import {
  depositInto,
  executeProposal,
  type Move,
  readVault,
  redeemAll,
  retreatFrom,
} from '#scripts/examples/risk-rule/contracts.js'
import { crash, tempting, usual } from '#scripts/examples/risk-rule/markets.js'
import { limits, setVaultStage } from '#scripts/examples/risk-rule/stage.js'
import { tryTo } from '#scripts/examples/try-to.js'
import type { Say } from '#service/demo/options.js'
import { readProjectModel } from '#service/demo/project-models.js'

export interface RiskRuleResult {
  readonly moves: readonly Pick<Move, 'strategy' | 'into'>[]
  readonly refusals: readonly string[]
  readonly isStopped: boolean
  /** What a depositor got back while the vault was stopped, in tokens. */
  readonly left: number
}

/**
 * A vault that follows a proven model through good days, a market that fools it, and a crash.
 * @throws ZkserveError `INTERNAL` where an attack is accepted, and what an honest step was refused with
 */
export async function runRiskRule(say: Say): Promise<RiskRuleResult> {
  const bundle = await ensureLanesBundle(await readProjectModel('strategy-outlook'))
  const { constraints } = bundle.manifest
  say(`1. strategy-outlook: ${constraints.total} constraints; 12 changes of prices are one public signal`)
  const stage = await setVaultStage(bundle)
  try {
    const { vault, token } = stage
    const [ann, ben, keeper, mallory] = stage.people
    const moves: Move[] = []
    const refusals: string[] = []
    const attack = async (what: string, attempt: () => Promise<unknown>) => {
      refusals.push(await tryTo(what, attempt, say))
    }
    const tell = (move: Move, targets: readonly number[]) => {
      moves.push(move)
      const wish = `targets ${targets.map((target) => `${target} %`).join(', ')}`
      const way = move.into ? 'into' : 'out of'
      say(`   ${wish}: ${formatTokens(move.amount)} ${way} strategy ${move.strategy}`)
    }

    stage.spend('deposit', await depositInto(ann, vault, token, parseUnits('600000', 6)))
    await depositInto(ben, vault, token, parseUnits('400000', 6))
    for (const changes of usual) await stage.passDay(changes)
    say('2. Ann and Ben deposit 1,000,000 tokens; four days of prices are observed; the model proposes')
    const proven = await stage.proveProposal()
    await attack('other targets', () =>
      executeProposal(mallory, vault, { ...proven, statement: [proven.statement[0]!, 1n] }),
    )
    const flattered = await stage.proveProposal({ features: proven.statement[0]! | 0xffn })
    await attack('a proof about better prices', () => executeProposal(mallory, vault, flattered))
    const first = await executeProposal(mallory, vault, proven)
    say('   Mallory copies the call of who proved, and is first: the move is the same, she gets nothing')
    tell(first, stage.targetsOf(proven))
    stage.spend('execute, into a strategy', first.transaction)
    await attack('the same proof again', () => executeProposal(keeper, vault, proven))
    const early = await stage.proveProposal()
    await attack('a move right after it', () => executeProposal(keeper, vault, early))

    for (const changes of tempting) await stage.passDay(changes)
    await attack('a proof of before these four days', () => executeProposal(keeper, vault, early))
    say(
      `3. Strategy 0 only rises, and the model wants most of the money there; a move has ${percent(limits.move)},`,
    )
    say(`   a day ${percent(limits.day)}, a strategy ${percent(limits.share)} at most`)
    for (let count = 0; count < 3; count++) {
      const proof = await stage.proveProposal()
      tell(await executeProposal(keeper, vault, proof), stage.targetsOf(proof))
      await stage.pass(limits.cooldown)
    }
    const tooMuch = await stage.proveProposal()
    await attack('more on the same day', () => executeProposal(keeper, vault, tooMuch))
    await stage.pass(limits.interval)
    tell(await executeProposal(keeper, vault, tooMuch), stage.targetsOf(tooMuch))

    const { total: before } = await readVault(stage.chain, vault)
    await stage.passDay(crash)
    const { total: after, isStopped } = await readVault(stage.chain, vault)
    say(
      `4. Strategy 0 loses 35 %, the vault ${formatTokens(before - after)} of ${formatTokens(before)}: stopped`,
    )
    await attack('a deposit', () => depositInto(ben, vault, token, parseUnits('1000', 6)))
    const retreat = await retreatFrom(mallory, vault, 0)
    moves.push(retreat)
    stage.spend('retreat', retreat.transaction)
    say(`   anyone moves money out, without a proof: ${formatTokens(retreat.amount)} out of strategy 0`)
    const kept = await stage.balanceOf(ann)
    stage.spend('redeem', await redeemAll(ann, vault))
    const left = (await stage.balanceOf(ann)) - kept
    say(`5. Ann leaves while the vault is stopped, with ${formatTokens(left)} for 600,000`)
    stage.sayCosts(say)
    return { moves, refusals, isStopped, left: Number(left / 1_000_000n) }
  } finally {
    await stage.close()
  }
}

function formatTokens(amount: bigint): string {
  return Math.round(Number(formatUnits(amount, 6))).toLocaleString('en')
}

function percent(share: number): string {
  return `${share / 100} %`
}
