/** What to do next where a contract refuses, by the name of its error. */
const refusalHints: Readonly<Record<string, string>> = {
  ConditionRepeated: 'The version needs this dataset already; see `zkserve access show`.',
  DevelopmentKey:
    'A set-up that was declared development stays so; publish a bundle with a key of a ceremony.',
  DeadlineInvalid: 'Deadlines lie ahead, a year at most, with time for what is asked.',
  ERC721NonexistentToken: 'There is none of this number: check it, the registry and the chain.',
  ExpiryNotLater: 'A grant is only ever made longer; `zkserve access revoke` ends it.',
  FulfilmentRefused:
    'Why, by number: 1 not open, 2 its deadline passed, 3 another model, 4 another input, 5 the fee is too high, 6 the proof does not hold, 7 the version is revoked.',
  InputLengthWrong: 'The version takes another number of input signals: is it the version of this bundle?',
  ModelNotFound: 'There is no model of this number: check it, the registry and the chain.',
  NoGrant: 'The account was granted nothing; see `zkserve access show`.',
  NoOffer: 'Nothing is offered now; ask the holder for a grant.',
  NothingDue: 'No stake has left, or nothing was earned or given there.',
  NothingToCollect: 'Nothing was paid, or no time has passed since it was collected.',
  NotAnswerable: 'It is over, past its deadline, or reserved to another prover; open ones are taken first.',
  NotHolder: 'Use the key of the account that holds the token; `model show` names it.',
  NotModelOwner: 'Use the key of the account that holds the model; `model show` names it.',
  NotMissed: 'Its window is not over, it was not taken, or its version is revoked; see `zkserve pool show`.',
  NotRefundable:
    'It is over, or it is still in time: fees go back after the deadline, or when the version is revoked.',
  NothingToWithdraw: 'The account has no credit; is it the key of the one who was paid?',
  NotTakeable: 'It is not open, or too little time is left for its window; see `zkserve pool show`.',
  NotTokenHolder: 'Use the key of the account that holds the model or the dataset.',
  OfferInvalid: 'An offer has a period of a second at least, and ends later than now.',
  PeriodTooShort: 'The offer was changed to shorter periods; see it, or accept them by --least-period.',
  PriceTooHigh: 'It costs more than --max; see `zkserve access show` for the price.',
  RedeliveryFailed: 'The contract that asked refuses the answer again; its owner has to mend that.',
  StakeTooLow: 'Add free stake by `zkserve pool stake`, or ask for less.',
  StatusNotForward: 'A version goes from active to deprecated to revoked, never back; see `model show`.',
  StillUnbonding: 'Stake leaves after a delay; `zkserve pool show --account` tells when.',
  VersionNotFound: 'Check model, version, registry and chain: there is none of this number.',
  VersionNotUsable: 'Name a version that there is and that is not revoked.',
  WithdrawalFailed: 'The receiver does not take money: name another by --to.',
  WrongEpoch:
    'Epochs are sponsored while they last or before, and claimed when they are over; see `zkserve pool show`.',
}

/** The same for what nodes say, and viem. */
const nodeHints: readonly (readonly [says: RegExp, hint: string])[] = [
  [
    /^execution reverted$/,
    'It gave no reason: perhaps another contract stands at this address; check it, and the chain.',
  ],
  [/returned no data/, 'Perhaps another contract stands at this address; check it, and the chain.'],
  [/insufficient funds/i, 'The account of the key has too little ether on this chain.'],
]

/** What to do next, as an error takes it. @param reason the name of a contract's error, or a node's words */
export function hintFor(reason: string): { readonly hints?: readonly string[] } {
  const hint = refusalHints[reason] ?? nodeHints.find(([says]) => says.test(reason))?.[1]
  return hint === undefined ? {} : { hints: [hint] }
}
