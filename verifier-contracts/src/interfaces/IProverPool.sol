// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "./ICredits.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Provers with stake: requests are reserved, answers rewarded, misses paid for
/// @notice Beside the open race of the oracle. A request asks for a bond and names a window. The first prover who takes
///         it, with that much of its stake, has it for itself during the window; if it does not answer, its bond is the
///         asker's, and anyone may answer until the deadline. Nobody does a proof in vain, and the asker knows soon.
/// @dev Money is credited and withdrawn, never pushed; there are no callbacks and no administrator. A request ends once,
///      by an answer or a refund. A prover should take only what it can answer: it knows the input, and nobody can make
///      it take a request. Revoking the version costs nobody a bond.
///
///      Asking oneself. Accounts are free, so nobody can tell whether asker and prover are one. Therefore nothing here
///      is worth having that such a pair could make: fees and bonds go from one pocket to the other; reputation is kept
///      by asker, and says something to who trusts the asker; and rewards for an asker's requests come only out of funds
///      that were given for this asker. Who sponsors itself gets its own money back. Who sponsors another trusts it to
///      ask because it wants to know: an asker that lets anyone ask through it, at prices of their own, must not be
///      sponsored.
interface IProverPool is ICredits {
    /// @notice Where a request stands.
    /// @dev Missed: its prover did not answer in time; open to all. An open request is open to all when there is no time
    ///      left to take it.
    enum Status {
        None,
        Open,
        Taken,
        Missed,
        Answered,
        Refunded
    }

    /// @notice What is asked.
    /// @param modelId The model.
    /// @param version The version; active or deprecated.
    /// @param bond What a prover must be ready to lose, in wei.
    /// @param window Seconds that it gets.
    /// @param deadline Last second, since 1970, at which an answer is accepted.
    /// @param input The public signals that stand for the input.
    /// @param data For provers: what they need to know the input behind a commitment.
    struct Question {
        uint256 modelId;
        uint32 version;
        uint96 bond;
        uint32 window;
        uint48 deadline;
        uint256[] input;
        bytes data;
    }

    /// @notice A request.
    /// @param asker Who asked, and gets what is given back or forfeited.
    /// @param deadline Last second at which an answer is accepted.
    /// @param window Seconds that a prover gets.
    /// @param status Where it stands.
    /// @param taker Who took it.
    /// @param takenUntil Last second of its window.
    /// @param version The version.
    /// @param fee What is paid for the answer, in wei.
    /// @param bond What the taker loses by not answering, in wei.
    /// @param modelId The model.
    /// @param inputSignals How many public signals stand for the input.
    /// @param royaltyBps The most that the model's holder gets of the fee, in hundredths of a percent.
    /// @param contentHash keccak256(abi.encodePacked(input)) until there is an answer, then
    ///        keccak256(abi.encodePacked(statement)).
    struct Request {
        address asker;
        uint48 deadline;
        uint32 window;
        Status status;
        address taker;
        uint48 takenUntil;
        uint32 version;
        uint96 fee;
        uint96 bond;
        uint96 modelId;
        uint16 inputSignals;
        uint16 royaltyBps;
        bytes32 contentHash;
    }

    /// @notice What a prover has at stake, in wei.
    /// @param free May be bonded or unbonded.
    /// @param bonded Answers for requests under way.
    /// @param unbonding Leaves the pool, and answers for nothing.
    /// @param leavesAt From this second on what is unbonding may be collected.
    struct Stake {
        uint128 free;
        uint128 bonded;
        uint128 unbonding;
        uint48 leavesAt;
    }

    /// @notice What a prover did for an asker.
    /// @param answered Requests that it took and answered.
    /// @param missed Requests that it took and did not answer in time.
    /// @param value Fees of the answered ones, in wei.
    struct Reputation {
        uint32 answered;
        uint32 missed;
        uint128 value;
    }

    /// @notice Rewards for the requests of one asker that are answered in one epoch.
    /// @param fund What is left of the rewards, in wei.
    /// @param unclaimed Fees of answered requests whose rewards are unclaimed.
    /// @param worked Whether any was answered.
    struct Epoch {
        uint128 fund;
        uint128 unclaimed;
        bool worked;
    }

    event Staked(address indexed prover, uint256 amount);
    event Unbonding(address indexed prover, uint256 amount, uint48 leavesAt);
    event Unbonded(address indexed prover, uint256 amount);
    /// @notice Somebody asks.
    event Requested(
        uint256 indexed requestId,
        uint256 indexed modelId,
        address indexed asker,
        uint32 version,
        uint96 fee,
        uint96 bond,
        uint32 window,
        uint48 deadline,
        uint256[] input,
        bytes data
    );
    event Taken(uint256 indexed requestId, address indexed prover, uint48 until);
    /// @notice A prover did not answer in time; its bond is the asker's.
    event Missed(uint256 indexed requestId, address indexed prover, uint96 bond);
    event Answered(uint256 indexed requestId, address indexed payee, uint96 royalty, uint256[] statement);
    event Refunded(uint256 indexed requestId);
    event Sponsored(address indexed asker, uint256 indexed epoch, address indexed sponsor, uint256 amount);
    event Rewarded(address indexed prover, address indexed asker, uint256 indexed epoch, uint256 amount);
    event Reclaimed(address indexed sponsor, address indexed asker, uint256 indexed epoch, uint256 amount);

    /// @notice Epochs and the unbonding delay are a second at least.
    error TermsInvalid();
    /// @notice The model has no such version, or it is revoked.
    error VersionNotUsable(uint256 modelId, uint32 version);
    /// @notice The version takes another number of input signals.
    error InputLengthWrong(uint256 expected, uint256 actual);
    /// @notice The deadline leaves no time for the window, is more than a year away, or there is no window.
    error DeadlineInvalid(uint48 deadline);
    /// @notice More than 2^96 - 1 wei, or a model's id above that.
    error ValueTooLarge();
    /// @notice The request is not open, or there is no time left for its window.
    error NotTakeable(uint256 requestId);
    /// @notice The prover has too little free stake.
    error StakeTooLow(uint256 free, uint256 needed);
    /// @notice The request is over, reserved to another prover, or past its deadline.
    error NotAnswerable(uint256 requestId);
    /// @notice The statement is about another input.
    error WrongInput(uint256 requestId);
    /// @notice The request was not taken, its window is not over, or its version is revoked.
    error NotMissed(uint256 requestId);
    /// @notice The request is over, or its deadline has not passed and its version is not revoked.
    error NotRefundable(uint256 requestId);
    /// @notice The stake has not left yet.
    error StillUnbonding(uint48 leavesAt);
    /// @notice Nothing is due to the account: no stake, no reward.
    error NothingDue(address account);
    /// @notice The epoch is not over, was over before, is more than a year away, or had answers.
    error WrongEpoch(uint256 epoch);

    /// @notice Adds the value sent to the caller's free stake.
    function stake() external payable;

    /// @notice Takes free stake out of the pool; it can be collected after the delay, counted anew for all of it.
    function unbond(uint128 amount) external;

    /// @notice Credits the caller's unbonded stake.
    function collect() external;

    /// @notice Asks, and escrows the fee sent.
    /// @return requestId Requests are numbered from 0.
    function request(Question calldata question) external payable returns (uint256 requestId);

    /// @notice Reserves an open request to the caller, whose bond is locked.
    function take(uint256 requestId) external;

    /// @notice Answers a request: only its taker during its window, anyone after a miss or when it is too late to take.
    /// @param payee Who is paid; the taker during its window. The proof is made for it.
    /// @param proof Made for this contract and {nonceOf} request and payee.
    /// @param statement The public signals but the last.
    function answer(uint256 requestId, address payee, uint256[8] calldata proof, uint256[] calldata statement)
        external;

    /// @notice Gives the bond of a prover that missed its window to the asker. Anyone may; answers and refunds do it too.
    function slash(uint256 requestId) external;

    /// @notice Credits the fee to the asker, after the deadline or where the version is revoked. Anyone may.
    function refund(uint256 requestId) external;

    /// @notice Adds the value sent to the rewards for an asker's requests that are answered in an epoch to come or going on.
    function sponsor(address asker, uint256 epoch) external payable;

    /// @notice Credits the caller's share of an epoch that is over: by fees of the requests of this asker that it took
    ///         and answered.
    function claim(address asker, uint256 epoch) external;

    /// @notice Gives a sponsor back what it gave for an epoch that is over and had no answers.
    function reclaim(address asker, uint256 epoch) external;

    /// @notice What a prover has at stake.
    function stakeOf(address prover) external view returns (Stake memory);

    /// @notice What a prover did for an asker.
    function reputationOf(address prover, address asker) external view returns (Reputation memory);

    /// @notice Rewards for an asker's requests.
    function epochOf(address asker, uint256 epoch) external view returns (Epoch memory);

    /// @notice The number of the epoch that is going on: seconds since 1970 by the length of an epoch.
    function currentEpoch() external view returns (uint256);

    /// @notice A request; status `None` where there is none.
    function getRequest(uint256 requestId) external view returns (Request memory);

    /// @notice Whether a request was answered by this statement.
    function isAnswer(uint256 requestId, uint256[] calldata statement) external view returns (bool);

    /// @notice The nonce for which a proof is made: keccak256(abi.encode(requestId, payee)).
    function nonceOf(uint256 requestId, address payee) external pure returns (uint256);

    /// @notice How many requests there are.
    function requestCount() external view returns (uint256);

    /// @notice Seconds of an epoch.
    function epochLength() external view returns (uint256);

    /// @notice Seconds between {unbond} and {collect}.
    function unbondingDelay() external view returns (uint256);

    /// @notice Where proofs are verified.
    function verifier() external view returns (IInferenceVerifier);

    /// @notice The verifier's registry.
    function registry() external view returns (IModelRegistry);
}
