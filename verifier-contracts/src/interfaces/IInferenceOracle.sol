// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "./ICredits.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Oracle of proven inferences: contracts ask and pay, whoever has the model answers
/// @notice A request escrows a fee. Any account may fulfil it with a proof that the pinned version of the model gives
///         this answer to the input asked about. The proof names its payee and its fee in its context, so that whoever
///         copies it pays the same account the same amount. Provers race: the first valid proof is paid.
/// @dev Money is credited and withdrawn, never pushed: no receiver can hold a request up. There is no administrator.
///      The model's holder gets what the registry's `royaltyInfo` (ERC-2981) says of the fee, if it says anything:
///      never more than half, nor more than the share it named when the request was made. Prices are safe from its
///      changes, but a prover trusts the holder not to revoke the version under way, and an asker too.
interface IInferenceOracle is ICredits {
    /// @notice Where a request stands. It ends once: by an answer or by a refund.
    /// @dev Undelivered: answered and paid, but the callback failed; {redeliver} repeats it.
    enum Status {
        None,
        Open,
        Fulfilled,
        Undelivered,
        Refunded
    }

    /// @notice What is asked.
    /// @param modelId The model.
    /// @param version The version, active or deprecated; 0 takes the current one, which must be active and is pinned
    ///        then and there.
    /// @param deadline Last second, since 1970, at which an answer is accepted.
    /// @param callbackGas Gas for `onInference` of the asker, at most 5,000,000; 0 for no callback.
    /// @param input The public signals that stand for the input: one commitment, or the packed inputs.
    /// @param data For provers: what they need to know the input behind a commitment. The oracle does not read it: an
    ///        asker that gives data of another input gets no answer and its fee back.
    struct Question {
        uint256 modelId;
        uint32 version;
        uint48 deadline;
        uint32 callbackGas;
        uint256[] input;
        bytes data;
    }

    /// @notice A request; three storage slots.
    /// @param asker Who asked, is called back, and gets what is left of the fee.
    /// @param deadline Last second at which an answer is accepted.
    /// @param callbackGas Gas for the callback.
    /// @param status Where it stands.
    /// @param version The pinned version.
    /// @param maxFee What was escrowed, in wei.
    /// @param modelId The model.
    /// @param inputSignals How many public signals stand for the input.
    /// @param royaltyBps The most that the model's holder gets of the fee, in hundredths of a percent.
    /// @param contentHash keccak256(abi.encodePacked(input)) until there is an answer, then
    ///        keccak256(abi.encodePacked(statement)).
    struct Request {
        address asker;
        uint48 deadline;
        uint32 callbackGas;
        Status status;
        uint32 version;
        uint96 maxFee;
        uint96 modelId;
        uint16 inputSignals;
        uint16 royaltyBps;
        bytes32 contentHash;
    }

    /// @notice An answer as a prover hands it in.
    /// @param requestId The request.
    /// @param payee Whom the fee is credited to.
    /// @param fee What the prover asks for, at most the request's fee.
    /// @param proof A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y, made for this oracle and
    ///        `nonceOf(requestId, payee, fee)`.
    /// @param statement The public signals but the last.
    struct Fulfilment {
        uint256 requestId;
        address payee;
        uint96 fee;
        uint256[8] proof;
        uint256[] statement;
    }

    /// @notice What became of one element of a batch.
    enum Outcome {
        Fulfilled,
        RequestNotOpen,
        DeadlinePassed,
        WrongModel,
        WrongInput,
        FeeTooHigh,
        ProofInvalid,
        VersionRevoked
    }

    /// @notice Somebody asks.
    event InferenceRequested(
        uint256 indexed requestId,
        uint256 indexed modelId,
        address indexed asker,
        uint32 version,
        uint96 maxFee,
        uint48 deadline,
        uint32 callbackGas,
        uint16 royaltyBps,
        uint256[] input,
        bytes data
    );

    /// @notice A request was answered. `fee` is what the prover and the model's owner share.
    event InferenceFulfilled(
        uint256 indexed requestId, address indexed payee, uint96 fee, uint96 royalty, uint256[] statement
    );

    /// @notice The asker's callback failed or ran out of its gas; the answer stands all the same.
    event CallbackFailed(uint256 indexed requestId);

    /// @notice A callback that had failed was repeated and succeeded.
    event CallbackRepeated(uint256 indexed requestId);

    /// @notice A request ended without an answer, and its fee was credited to the asker.
    event InferenceRefunded(uint256 indexed requestId, uint96 amount);

    /// @notice The model has no such version, it is revoked, or it is the current one and deprecated.
    error VersionNotUsable(uint256 modelId, uint32 version);

    /// @notice The deadline has passed, or is more than a year away.
    error DeadlineInvalid(uint48 deadline);

    /// @notice The version takes another number of input signals.
    error InputLengthWrong(uint256 expected, uint256 actual);

    /// @notice More than 2^96 - 1 wei, more than 5,000,000 callback gas, or a model's id above 2^96 - 1.
    error ValueTooLarge();

    /// @notice The answer is refused for this reason.
    error FulfilmentRefused(uint256 requestId, Outcome reason);

    /// @notice Less gas is left than a call to another contract is promised.
    error InsufficientGas();

    /// @notice The request has no failed callback, or this is not its answer.
    error NotRedeliverable(uint256 requestId);

    /// @notice The repeated callback failed as well.
    error RedeliveryFailed(uint256 requestId);

    /// @notice The request cannot be refunded: it is not open, or its deadline has not passed and its version is not
    ///         revoked.
    error NotRefundable(uint256 requestId);

    /// @notice Asks, and escrows the value sent. What is not spent of it is credited to the caller, who must be able
    ///         to call {withdraw}.
    /// @return requestId Requests are numbered from 0.
    function requestInference(Question calldata question) external payable returns (uint256 requestId);

    /// @notice Answers a request; anyone may. The asker's callback gets all the gas it was promised, or this reverts.
    /// @dev Reverts by {FulfilmentRefused}, or for the proof's sake by the verifier's errors.
    function fulfil(Fulfilment calldata fulfilment) external;

    /// @notice Answers requests about one version of a model with one pairing check, and skips bad elements: where the
    ///         check fails, each is checked by itself. The first good answer to a request counts. Callbacks come last.
    /// @return outcomes One for each element.
    function fulfilEach(uint256 modelId, uint32 version, Fulfilment[] calldata fulfilments)
        external
        returns (Outcome[] memory outcomes);

    /// @notice Repeats a callback that failed, with all gas that is sent and no less than was promised. Anyone may,
    ///         until it succeeds once: who asks and wants an answer no more returns instead of reverting.
    /// @param statement The answer, as in {InferenceFulfilled}.
    function redeliver(uint256 requestId, uint256[] calldata statement) external;

    /// @notice Gives the fee of an open request back to its asker, after the deadline or where the version is revoked.
    ///         Anyone may.
    function refund(uint256 requestId) external;

    /// @notice The nonce for which a proof is made: keccak256(abi.encode(requestId, payee, fee)).
    function nonceOf(uint256 requestId, address payee, uint96 fee) external pure returns (uint256);

    /// @notice Whether a request was answered by this statement. For those who asked without a callback.
    function isAnswer(uint256 requestId, uint256[] calldata statement) external view returns (bool);

    /// @notice A request; status `None` where there is none.
    function getRequest(uint256 requestId) external view returns (Request memory);

    /// @notice How many requests there are.
    function requestCount() external view returns (uint256);

    /// @notice Where proofs are verified.
    function verifier() external view returns (IInferenceVerifier);

    /// @notice The registry whose models are asked, which is the verifier's.
    function registry() external view returns (IModelRegistry);
}
