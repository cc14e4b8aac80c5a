// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "./ICredits.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";
import {IPoseidon5} from "./IPoseidon5.sol";

/// @title Rounds of federated learning whose averages are proven
/// @notice Members commit to updates of a model's weights, the coordinator proves that the next weights' commitment is
///         the one before plus the average of the clipped updates, and the included members share the reward. Which
///         updates are included is fixed by what happened on chain, not by the coordinator: all that it acknowledged, and
///         all that were revealed.
/// @dev A round goes through four periods: commit, hand over (the coordinator gets openings off chain and acknowledges
///      them), reveal (who was not acknowledged shows its opening on chain), prove. One round is under way at a time.
///      Members, coordinator, circuit and terms are fixed at deployment. Money is credited and withdrawn, never pushed.
interface IFederatedRounds is ICredits {
    /// @notice Where a round stands. It ends once: settled by a proof, void without one, or forfeited by the coordinator
    ///         that had updates to average and proved nothing.
    enum Status {
        None,
        Open,
        Settled,
        Void,
        Forfeited
    }

    /// @notice Sizes and widths for which the circuit was made.
    /// @param size Coordinates of weights and updates.
    /// @param updateBits Bits of a coordinate of an update, as it is committed to.
    /// @param clipBits k: an update's coordinate counts as the nearest integer of -2^k to 2^k - 1.
    /// @param weightBits Bits of a weight.
    struct Sizes {
        uint16 size;
        uint8 updateBits;
        uint8 clipBits;
        uint8 weightBits;
    }

    /// @notice What is fixed at deployment beside the members.
    /// @param modelId The model in the registry that is the rounds' circuit.
    /// @param version Its version: 1 + members input signals, one output signal.
    /// @param coordinator Who opens rounds, gets the openings, and proves.
    /// @param stake What a member puts in before it commits, in wei.
    /// @param bond What the coordinator puts in for each round, in wei.
    /// @param dropPenalty What a member loses of its stake in a settled round for which it committed and was neither
    ///        acknowledged nor revealed, in wei.
    /// @param commitPeriod Seconds in which members commit.
    /// @param handoverPeriod Seconds after it in which the coordinator acknowledges.
    /// @param revealPeriod Seconds after it in which openings may still be revealed.
    /// @param provePeriod Seconds after it in which the proof is awaited.
    /// @param sizes Those of the circuit.
    /// @param weights The commitment to the first weights.
    struct Terms {
        uint256 modelId;
        uint32 version;
        address coordinator;
        uint96 stake;
        uint96 bond;
        uint96 dropPenalty;
        uint32 commitPeriod;
        uint32 handoverPeriod;
        uint32 revealPeriod;
        uint32 provePeriod;
        Sizes sizes;
        uint256 weights;
    }

    /// @notice A round. Of the sets, bit i stands for member i.
    /// @param weights The commitment to the weights that the round starts from.
    /// @param commitEnd Last second of the commit period; the other periods follow it.
    /// @param handoverEnd Last second at which the coordinator acknowledges.
    /// @param revealEnd Last second at which openings are revealed.
    /// @param proveEnd Last second at which the proof is accepted.
    /// @param status Where it stands.
    /// @param committed Who committed and was not slashed.
    /// @param ready Whose updates are to be included: acknowledged or revealed, and not slashed.
    /// @param slashed Who was slashed in this round.
    /// @param reward What the coordinator offers for the round, in wei.
    struct Round {
        uint256 weights;
        uint48 commitEnd;
        uint48 handoverEnd;
        uint48 revealEnd;
        uint48 proveEnd;
        Status status;
        uint16 committed;
        uint16 ready;
        uint16 slashed;
        uint96 reward;
    }

    /// @notice What a commitment to an update hides.
    /// @param salt A field element.
    /// @param words The update's coordinates, packed.
    struct Opening {
        uint256 salt;
        uint256[] words;
    }

    /// @notice A member put its stake in, or filled it up.
    event Joined(address indexed member, uint96 amount);

    /// @notice A member took its stake out of the federation; it is credited.
    event Resigned(address indexed member, uint96 amount);

    /// @notice A round begins.
    event RoundOpened(uint256 indexed roundId, uint256 weights, uint96 reward, uint48 commitEnd, uint48 proveEnd);

    /// @notice A member committed to an update.
    event UpdateCommitted(uint256 indexed roundId, uint256 indexed slot, uint256 commitment);

    /// @notice The coordinator has the openings of these members, and is bound to include them.
    event UpdatesAcknowledged(uint256 indexed roundId, uint16 slots);

    /// @notice An opening was shown on chain, and is to be included.
    event UpdateRevealed(uint256 indexed roundId, uint256 indexed slot, Opening opening);

    /// @notice A member lost its stake for a malformed update, or for handing over another than it committed to.
    event MemberSlashed(uint256 indexed roundId, uint256 indexed slot, uint96 amount);

    /// @notice A round was proven: `included` share `reward`, and the next weights are current.
    event RoundSettled(uint256 indexed roundId, uint256 weights, uint16 included, uint16 dropped, uint256 reward);

    /// @notice A round ended without a proof; the weights stay. If forfeited, the ready members share the bond.
    event RoundEnded(uint256 indexed roundId, Status status);

    /// @notice The terms make no sense, or do not fit the model's version.
    error TermsInvalid();

    /// @notice There is no member, or no such one.
    error NotMember(address account);

    /// @notice Only the coordinator may do this.
    error NotCoordinator(address account);

    /// @notice Another amount is due.
    error WrongValue(uint256 expected, uint256 actual);

    /// @notice The member's stake is not complete.
    error StakeMissing(address member);

    /// @notice The member has committed in the round under way: its stake stays until the round ends.
    error StakeLocked(address member);

    /// @notice A round is under way.
    error RoundUnderWay(uint256 roundId);

    /// @notice The model's version is revoked.
    error VersionRevoked();

    /// @notice The round is over, or there is none such.
    error RoundNotOpen(uint256 roundId);

    /// @notice Not in this period of the round.
    error WrongPeriod(uint256 roundId);

    /// @notice The commitment is 0 or no field element.
    error CommitmentInvalid(uint256 commitment);

    /// @notice The member has committed already, or was slashed in this round.
    error AlreadyCommitted(uint256 roundId, uint256 slot);

    /// @notice The member did not commit in this round, or was slashed in it.
    error NotCommitted(uint256 roundId, uint256 slot);

    /// @notice The update is included already.
    error AlreadyReady(uint256 roundId, uint256 slot);

    /// @notice A part of the opening is no field element, or there are more or fewer words than an update has.
    error OpeningNotCanonical();

    /// @notice The commitment is to something else.
    error OpeningMismatch(uint256 roundId, uint256 slot);

    /// @notice A word of the update holds more than its lanes: no proof exists with it.
    error UpdateMalformed(uint256 roundId, uint256 slot);

    /// @notice The opening is of the commitment, or the update as it should be: nobody is slashed for that.
    error NothingToReport(uint256 roundId, uint256 slot);

    /// @notice The signature is not the member's, or not of this hand-over.
    error SignatureInvalid();

    /// @notice No update is to be included: nothing can be proven.
    error NothingToAverage(uint256 roundId);

    /// @notice The round still has time.
    error RoundNotOver(uint256 roundId);

    /// @notice Puts the caller's stake in, or fills it up after a penalty. Members alone.
    function join() external payable;

    /// @notice Credits the caller's stake back to it, unless it has committed in the round under way.
    function resign() external;

    /// @notice Opens a round: the value sent is the bond, and beyond it the reward. Coordinator alone.
    function openRound() external payable returns (uint256 roundId);

    /// @notice Commits the caller to an update of the round's weights: Poseidon of the slot's tag, the round's weights, a
    ///         salt and the packed update. Once a round.
    function commitUpdate(uint256 roundId, uint256 commitment) external;

    /// @notice Says that the coordinator has the openings of these members, which it checked: from now on it must include
    ///         them. Coordinator alone, in the hand-over period.
    function acknowledge(uint256 roundId, uint16 slots) external;

    /// @notice Shows the opening of an update that was not acknowledged, which then must be included; until the reveal
    ///         period ends. Whoever has it may. The update is public from then on.
    function reveal(uint256 roundId, uint256 slot, Opening calldata opening) external;

    /// @notice Proves by its opening that a member committed to a malformed update, and slashes the member. Until the round
    ///         ends: no round with this update among those to be included can be proven.
    /// @dev Only a member that packed its update wrongly can have such an opening: another would be a second preimage.
    function reportMalformed(uint256 roundId, uint256 slot, Opening calldata opening) external;

    /// @notice Proves by its signature that a member handed over another opening than that of its commitment, and slashes
    ///         it. Until the reveal period ends, so that the proof's set stands from then on.
    /// @param signature The member's, of {handoverHash}.
    function reportMismatch(uint256 roundId, uint256 slot, Opening calldata opening, bytes calldata signature)
        external;

    /// @notice Accepts the proof of a round: the next weights are current, the included members share the reward, the
    ///         coordinator has its bond back. Anyone may hand it in; from when all that committed are ready, or the reveal
    ///         period has ended.
    /// @param proof A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y, made for this contract and the round's number.
    function settle(uint256 roundId, uint256 nextWeights, uint256[8] calldata proof) external;

    /// @notice Ends a round that cannot be proven, or was not in time. Anyone may.
    /// @dev The reward goes back to the coordinator. So does the bond where nothing could be averaged or the model's version
    ///      is revoked; else the members whose updates were ready share it.
    function endRound(uint256 roundId) external;

    /// @notice What a member signs when it hands an opening over (EIP-712).
    function handoverHash(uint256 roundId, uint256 commitment, Opening calldata opening)
        external
        view
        returns (bytes32);

    /// @notice The commitment to an opening, in a slot and for a round's weights.
    function commitmentOf(uint256 weights, uint256 slot, Opening calldata opening) external view returns (uint256);

    /// @notice The statement to prove of a round, as its sets stand: weights before, commitments (0 of who is not included),
    ///         weights after.
    function statementOf(uint256 roundId, uint256 nextWeights) external view returns (uint256[] memory);

    /// @notice A round; status `None` where there is none.
    function getRound(uint256 roundId) external view returns (Round memory);

    /// @notice What a member committed to in a round; 0 if it did not.
    function updateOf(uint256 roundId, uint256 slot) external view returns (uint256);

    /// @notice How many rounds there are; they are numbered from 0.
    function roundCount() external view returns (uint256);

    /// @notice The commitment to the current weights.
    function weights() external view returns (uint256);

    /// @notice Stakes and penalties that were lost, and what shares did not divide: part of the next settled round's reward.
    function pot() external view returns (uint256);

    /// @notice What a member has at stake, in wei.
    function stakeOf(address member) external view returns (uint96);

    /// @notice All members, by slot.
    function members() external view returns (address[] memory);

    /// @notice The terms.
    function terms() external view returns (Terms memory);

    /// @notice Where proofs are verified.
    function verifier() external view returns (IInferenceVerifier);

    /// @notice Where openings are hashed.
    function poseidon() external view returns (IPoseidon5);
}
