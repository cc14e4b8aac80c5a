/** A chain that charges for data beside gas, as those of the OP stack do. */
import { type Hex, numberToHex } from 'viem'
import { expect, test } from 'vitest'
import { DataFees } from '#service/oracle/data-fees.js'
import { openOracleChain } from '#service/oracle/oracle-chain.js'
import { ledgerOf, lookUntilDone } from './oracle-stage.js'
import { accounts, creditOf, forEachTest } from './unsteady.js'

const it = forEachTest()

/** Puts a contract in the place of GasPriceOracle: it asks so many wei for each byte of its calldata. */
function charge(weiPerByte: number): Promise<unknown> {
  const perByte = numberToHex(weiPerByte, { size: 8 }).slice(2)
  // CALLDATASIZE PUSH8 MUL PUSH0 MSTORE, RETURN of a word
  const bytecode: Hex = `0x3667${perByte}025f5260205ff3`
  return it.stage.control.setCode({ address: '0x420000000000000000000000000000000000000F', bytecode })
}

const chainOf = () =>
  openOracleChain({ rpcUrl: it.stage.anvil.rpcUrl, chainId: 31337, oracle: it.stage.oracle })

test('fees for data are 0 where nobody charges, and what the chain says where somebody does', async () => {
  expect(await new DataFees(await chainOf()).ofAnswer(3, 1n)).toBe(0n)
  await charge(1000)
  const fees = new DataFees(await chainOf())
  const fee = await fees.ofAnswer(3, 1n)
  expect(fee).toBeGreaterThan(1000n * 500n)
  // Another public signal is a word more.
  expect((await fees.ofAnswer(4, 1n)) - fee).toBe(32_000n)
  await charge(2000)
  expect(await fees.ofAnswer(3, 1n)).toBe(fee)
  expect(await fees.ofAnswer(3, 2n)).toBe(2n * fee)

  const expected = await fees.ofAnswer(it.bundles.plain.manifest.publicSignals.length, 3n)
  await it.stage.ask()
  await lookUntilDone(it.back, it.back.watcher())
  const [sent] = await it.back.database.tables.selectFrom('oracle_transactions').select('data_fee').execute()
  expect(BigInt(sent!.data_fee)).toBeGreaterThan(0n)
  expect(BigInt(sent!.data_fee)).toBeLessThanOrEqual(expected)
  expect(await creditOf(it.stage, accounts[0])).toBe(10n ** 16n)
})

test('what a request does not pay for is not answered, or not before data is cheaper', async () => {
  const dear = 2 * 10 ** 13
  await charge(dear)
  const watcher = it.back.watcher({ dailySpend: 10n ** 15n })
  await it.stage.ask()
  await lookUntilDone(it.back, watcher)
  expect(await ledgerOf(it.back.database)).toEqual({ 0: 'skipped UNDERPAID' })
  expect(it.back.proofs()).toBe(0)

  // It rises after a proof was made: first above the fee, then above what may go to it in a day.
  await charge(1)
  await it.stage.ask()
  while ((await ledgerOf(it.back.database))[1] !== 'proven') {
    if (it.back.proofs() === 1) await charge(dear)
    await watcher.look()
  }
  for (const weiPerByte of [dear, 2 * 10 ** 12]) {
    await charge(weiPerByte)
    await it.back.elapse()
    await watcher.look()
    expect(await it.stage.answersTo()).toBe(0)
  }
  await charge(1)
  await lookUntilDone(it.back, watcher)
  expect(await it.stage.answersTo()).toBe(1)
})
