/** What to do next where a contract refuses, by the name of its error. */
const refusalHints: Readonly<Record<string, string>> = {
  AlreadyCommitted: 'A member commits once a round.',
  AlreadyObjected: 'The guardian objects already; --withdraw takes it back.',
  AlreadyReady: 'The update is to be included already: nothing is left to do.',
  AlreadyRevealed: 'Somebody revealed it already: run the command again, it goes on with the rest.',
  AnswersInvalid: 'The proofs are of another version, chain or verifier, or the version is revoked.',
  CandidateChanged:
    'The registry holds another content under this number than the proposal names: look at both.',
  CandidateNotActive: 'Its publisher deprecated or revoked it: propose another version.',
  ChunkMismatch: 'The rows are not those committed to: take the file that was made with the commitment.',
  ClaimTooYoung: 'Run the command again a little later, with the same --claim.',
  ConditionRepeated: 'The version needs this dataset already; see `zkserve access show`.',
  CountNotProven:
    'The proof is not of this version, chunk and count: make it again with the bundle and its link.',
  DeadlineInvalid: 'Deadlines lie ahead, a year at most, with time for what is asked.',
  DeadlinesInvalid:
    'Times must follow each other, the last within a year, with an hour to prove after the rows are shown.',
  DevelopmentCandidate:
    'The family had keys of ceremonies, and takes no others since: publish one with such a key.',
  DevelopmentKey:
    'A set-up that was declared development stays so; publish a bundle with a key of a ceremony.',
  ERC721NonexistentToken: 'There is none of this number: check it, the registry and the chain.',
  EntryRefused: 'Entries are closed, or the rows are known: look for a contest that is open.',
  EvaluatorInvalid: 'The architecture of its versions must be published first: register one version of it.',
  ExpiryNotLater: 'A grant is only ever made longer; `zkserve access revoke` ends it.',
  FulfilmentRefused:
    'Why, by number: 1 not open, 2 its deadline passed, 3 another model, 4 another input, 5 the fee is too high, 6 the proof does not hold, 7 the version is revoked.',
  GovernorAlreadyCastVote: 'An account votes once on a proposal.',
  GovernorInsufficientProposerVotes:
    'Votes count a second after `zkserve family delegate`; or have somebody propose who holds more.',
  GovernorNonexistentProposal: 'There is none of this number: check it, the governor and the chain.',
  GovernorUnexpectedProposalState:
    'It was proposed already, or is not where this takes it on; `zkserve family show` tells.',
  InputLengthWrong: 'The version takes another number of input signals: is it the version of this bundle?',
  LinkInvalid: "The bundle is not the registered version, or the evaluator is not the contest's.",
  ModelNotFound: 'There is no model of this number: check it, the registry and the chain.',
  NoGrant: 'The account was granted nothing; see `zkserve access show`.',
  NoOffer: 'Nothing is offered now; ask the holder for a grant.',
  NotAnswerable: 'It is over, past its deadline, or reserved to another prover; open ones are taken first.',
  NotCoordinator: "Use the coordinator's key; `federated show` names it.",
  NotEndable: 'The contest is over already, or not yet.',
  NotEvaluated:
    'An evaluation on the test set of the family is missing: `zkserve family evaluate` proves it.',
  NotGoodEnough: 'It answers fewer rows right than the rules ask for; `zkserve family show` prints them.',
  NotHolder: 'Use the key of the account that holds the token; `model show` names it.',
  NotMember: 'The account is none of the members: use the key of one.',
  NotMissed: 'Its window is not over, it was not taken, or its version is revoked; see `zkserve pool show`.',
  NotModelOwner: 'Use the key of the account that holds the model; `model show` names it.',
  NotObjected: 'The guardian does not object to this version: there is nothing to take back.',
  NotRefundable:
    'It is over, or it is still in time: fees go back after the deadline, or when the version is revoked.',
  NotScorable:
    'A score needs a proof of all chunks before the time to prove ends, rows revealed in time, and a version that is not revoked.',
  NotTakeable: 'It is not open, or too little time is left for its window; see `zkserve pool show`.',
  NotTokenHolder: 'Use the key of the account that holds the model or the dataset.',
  NothingDue: 'No stake has left, or nothing was earned or given there.',
  NothingToCollect: 'Nothing was paid, or no time has passed since it was collected.',
  NothingToCount: 'All of it is counted already: run the command again, it goes on from there.',
  NothingToWithdraw: 'The account has no credit; is it the key of the one who was paid?',
  OfferInvalid: 'An offer has a period of a second at least, and ends later than now.',
  PeriodTooShort: 'The offer was changed to shorter periods; see it, or accept them by --least-period.',
  PriceTooHigh: 'It costs more than --max; see `zkserve access show` for the price.',
  PromptTaken: 'Somebody minted the picture of this latent: ask for that of another.',
  RedeliveryFailed: 'The contract that asked refuses the answer again; its owner has to mend that.',
  RoundNotOpen: 'The round has ended; `federated show` tells how.',
  RoundNotOver: 'The round still has time; `federated show` tells until when.',
  RoundUnderWay: 'One round at a time: settle the one under way, or end it when its time is over.',
  RulesInvalid: 'At least one row must be answered right, and no more than there are.',
  SharesInvalid: 'Name 1 to 8 shares that make 100 percent.',
  StakeLocked: 'The stake stays until the round ends in which its member committed.',
  StakeMissing: 'Fill the stake up first: `federated join`.',
  StakeTooLow: 'Add free stake by `zkserve pool stake`, or ask for less.',
  StatusNotForward: 'A version goes from active to deprecated to revoked, never back; see `model show`.',
  StillUnbonding: 'Stake leaves after a delay; `zkserve pool show --account` tells when.',
  TestSetNotSecret:
    'Rows of this test set are revealed or unknown: commit to others, or to these with new salts.',
  TimelockClosed: 'The account sent something else while this was deployed: run it again by itself.',
  VersionNotEvaluable: "The version is revoked, or of another architecture than the evaluator's.",
  VersionNotFound: 'Check model, version, registry and chain: there is none of this number.',
  VersionNotUsable: 'Name a version that there is and that is not revoked.',
  VersionRefused:
    "Enter an active version that is the account's own and of the contest's architecture, and each version once.",
  VersionUnfit:
    'Its inputs or outputs do not fit: a generator has eight inputs of 8 bits (--input public) and an output for each pixel, a candidate the inputs of the test set and an output for each class.',
  WithdrawalFailed: 'The receiver does not take money: name another by --to.',
  WrongEpoch:
    'Epochs are sponsored while they last or before, and claimed when they are over; see `zkserve pool show`.',
  WrongPeriod: 'Not in this period of the round; `federated show` tells in which it is.',
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
