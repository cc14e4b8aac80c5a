import { expect, test } from 'vitest'
import type { Bundle } from '#prover/bundle/load.js'
import { resolveConfig } from '#service/config/resolve.js'
import { shownValue } from '#service/config/shown-value.js'
import { Prices } from '#service/payments/prices.js'

const usage = expect.objectContaining({ code: 'USAGE' })

function model(name: string, constraints: number, batch = 1): Bundle {
  const manifest = {
    name,
    modelHash: `0x${name}1`,
    vkHash: `0x${name}2`,
    constraints: { total: constraints },
  }
  return { manifest, model: { batch } } as unknown as Bundle
}

test('a proof costs by its rows and its constraints, and parts of a unit count whole', () => {
  const prices = new Prices({ paymentPrice: '100', paymentPricePerMillion: '10', paymentPrices: [] })
  expect(prices.of(model('a', 1_000_000), 1)).toBe(110n)
  expect(prices.of(model('a', 1), 1)).toBe(101n)
  expect(prices.of(model('a', 1_000_000, 8), 1)).toBe(810n)
  expect(prices.of(model('a', 1_000_000), 3)).toBe(330n)
  expect(
    new Prices({ paymentPrice: '0', paymentPricePerMillion: '0', paymentPrices: [] }).of(model('a', 9), 9),
  ).toBe(0n)
})

test('models have prices of their own, by name or hash', () => {
  const prices = new Prices({
    ...{ paymentPrice: '100', paymentPricePerMillion: '0' },
    paymentPrices: ['a=7:0', '0xb2=0:5', 'free=0:0', 'a=b=3:0'],
  })
  expect(prices.of(model('a', 1), 1)).toBe(7n)
  expect(prices.of(model('b', 2_000_000), 1)).toBe(10n)
  expect(prices.of(model('free', 5), 1)).toBe(0n)
  expect(prices.of(model('a=b', 5), 1)).toBe(3n)
  expect(prices.of(model('c', 5), 1)).toBe(100n)
  const twice = { paymentPrice: '0', paymentPricePerMillion: '0', paymentPrices: ['a=1:1', 'a=2:2'] }
  expect(() => new Prices(twice)).toThrow(usage)
})

test('whoever is to be paid says in what, and by whom', () => {
  const all = {
    paymentTo: `0x${'1'.repeat(40)}`,
    paymentAsset: `0x${'2'.repeat(40)}`,
    paymentFacilitator: 'https://facilitator.example',
    paymentRpc: 'https://rpc.example/v1/secret',
  }
  expect(resolveConfig(all)).toMatchObject(all)
  expect(resolveConfig({}).paymentTo).toBe('')
  for (const name of ['paymentAsset', 'paymentFacilitator', 'paymentRpc']) {
    expect(() => resolveConfig({ ...all, [name]: undefined })).toThrow(usage)
  }
  expect(() => resolveConfig({ ...all, paymentPrice: '1.5' })).toThrow(usage)
  expect(() => resolveConfig({ ...all, paymentNetwork: 'base' })).toThrow(usage)
  expect(() => resolveConfig({ ...all, paymentRpc: 'file:///etc/passwd' })).toThrow(usage)
})

test('keys in addresses are not shown', () => {
  expect(shownValue('paymentRpc', 'https://rpc.example/v1/secret')).toBe('https://rpc.example/***')
  expect(shownValue('paymentRpc', 'https://me:secret@rpc.example/')).toBe('https://rpc.example/***')
  expect(shownValue('paymentFacilitator', 'nonsense')).toBe('***')
  expect(shownValue('paymentFacilitator', '')).toBe('')
})
