import { type Address, type Hex, isAddressEqual, zeroAddress } from 'viem'
import type { LotStatus } from '#service/chain/trace/lot-trace.js'
import type { TraceEvent } from '#service/chain/trace/read-trace.js'
import { type LotTerms, openingHash, stepHash, type TracePlace } from '#service/chain/trace/trace-hash.js'
import type { Check } from '#service/provenance/check.js'

/** A step as its event tells it, with what it started from. */
export interface ReplayedStep {
  readonly index: number
  readonly hash: Hex
  readonly custodian: Address
  readonly logger: Address
  /** Seconds since 1970. */
  readonly from: number
  readonly until: number
  readonly readings: bigint
  readonly before: number
  readonly state: number
}

/** A lot's journey as its events tell it. */
export interface Journey {
  readonly lotId: bigint
  readonly maker: Address
  readonly terms: LotTerms
  readonly steps: ReplayedStep[]
  readonly loggers: Set<string>
  head: Hex
  custodian: Address
  offeredTo: Address
  until: number
  state: number
  status: LotStatus
  recalled: boolean
}

type EventOf<Name> = Extract<TraceEvent, { eventName: Name }>

/** Lanes of 8 bits, lowest first. */
export function lanesOfWord(word: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((word >> BigInt(8 * i)) & 0xffn))
}

/**
 * Plays a lot's events by the contract's rules, from an independent reading of them.
 * @returns the journey, null where it does not begin with an opening, and a check for each rule of each event
 */
export function replayTrace(
  place: TracePlace,
  lotId: bigint,
  events: readonly TraceEvent[],
): { readonly journey: Journey | null; readonly checks: Check[] } {
  const checks: Check[] = []
  const [opened, ...rest] = events
  if (opened?.eventName !== 'LotOpened') {
    const detail = 'its events do not begin with its opening'
    return { journey: null, checks: [{ of: `lot ${lotId}`, what: 'opening', result: 'differs', detail }] }
  }
  const journey = openingOf(place, lotId, opened, checks)
  for (const event of rest) play(journey, event, checks)
  const spoils = journey.state <= journey.terms.spoiledAt
  note(checks, `lot ${lotId}`, 'threshold', spoils === (journey.status === 'spoiled'), journey.status)
  return { journey, checks }
}

function openingOf(
  place: TracePlace,
  lotId: bigint,
  { args: { maker, terms, loggers, head } }: EventOf<'LotOpened'>,
  checks: Check[],
): Journey {
  const own = openingHash(place, { lotId, maker, terms, loggers })
  note(checks, `lot ${lotId}`, 'opening', own === head, head)
  return {
    ...{ lotId, maker, terms, head, custodian: maker, offeredTo: zeroAddress, steps: [] },
    ...{ until: terms.start, state: terms.firstState, status: 'open', recalled: false },
    loggers: new Set(loggers.map((logger) => logger.toLowerCase())),
  }
}

function play(journey: Journey, event: TraceEvent, checks: Check[]): void {
  const of = `lot ${journey.lotId}`
  const { eventName, args, time } = event
  const isOpen = journey.status === 'open'
  const isTraced = time - journey.until <= Number(journey.terms.maxLag)
  switch (eventName) {
    case 'LotOpened':
      note(checks, of, 'opening', false, 'it is opened twice')
      return
    case 'StepAppended':
      playStep(journey, event, checks)
      return
    case 'LotOffered': {
      const isAllowed = isTraced || isAddressEqual(args.to, zeroAddress)
      const holds = isOpen && isAllowed && isAddressEqual(args.custodian, journey.custodian)
      note(checks, of, 'offer', holds, `by ${args.custodian}`)
      journey.offeredTo = args.to
      return
    }
    case 'LotAccepted': {
      const { from, custodian, head } = args
      const isMeant = isAddressEqual(from, journey.custodian) && isAddressEqual(custodian, journey.offeredTo)
      const holds = isOpen && isTraced && isMeant && head === journey.head
      note(checks, of, 'hand-over', holds, `${from} to ${custodian}`)
      ;[journey.custodian, journey.offeredTo] = [custodian, zeroAddress]
      return
    }
    case 'LotDelivered': {
      const holds =
        isOpen && isTraced && !journey.recalled && isAddressEqual(args.custodian, journey.custodian)
      note(checks, of, 'delivery', holds && args.head === journey.head, `by ${args.custodian}`)
      ;[journey.status, journey.offeredTo] = ['delivered', zeroAddress]
      return
    }
    case 'LotSpoiled': {
      const holds = isOpen && journey.state <= journey.terms.spoiledAt
      note(
        checks,
        of,
        'spoilage',
        holds && Number(args.index) === journey.steps.length,
        `at step ${args.index}`,
      )
      journey.status = 'spoiled'
      return
    }
    case 'LotRecalled':
      note(checks, of, 'recall', !journey.recalled, `for ${args.reason}`)
      journey.recalled = true
      return
    case 'LoggerRevoked':
      note(checks, of, 'logger', journey.loggers.delete(args.logger.toLowerCase()), `${args.logger} revoked`)
  }
}

function playStep(journey: Journey, { args, time }: EventOf<'StepAppended'>, checks: Check[]): void {
  const { terms } = journey
  const of = `step ${args.index}`
  const [from, before] = [journey.until, journey.state]
  const { custodian, logger, until, readings, state, hash } = args
  const counted = lanesOfWord(readings, terms.bands).reduce((sum, count) => sum + count, 0) * terms.tick
  const statement = [BigInt(before), readings, BigInt(state)] as const
  const own = stepHash(journey.head, { custodian, logger, until, statement })
  const isNext = Number(args.index) === journey.steps.length + 1
  note(checks, of, 'place', isNext && journey.status === 'open', `after step ${journey.steps.length}`)
  note(checks, of, 'link', own === hash, hash)
  note(checks, of, 'custodian', isAddressEqual(custodian, journey.custodian), custodian)
  note(checks, of, 'logger', journey.loggers.has(logger.toLowerCase()), logger)
  const detail = `${counted} s read of ${until - from} s`
  note(checks, of, 'time', until > from && until <= time && counted === until - from, detail)
  note(checks, of, 'state', state <= before, `${before} to ${state}`)
  journey.steps.push({
    index: Number(args.index),
    hash,
    custodian,
    logger,
    from,
    until,
    readings,
    before,
    state,
  })
  ;[journey.head, journey.until, journey.state] = [hash, until, state]
}

function note(checks: Check[], of: string, what: string, holds: boolean, detail: string): void {
  checks.push({ of, what, result: holds ? 'holds' : 'differs', detail })
}
