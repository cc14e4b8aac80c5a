// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Oracle of proven inferences: contracts ask and pay, whoever has the model answers
/// @notice A request escrows a fee. Any account may fulfil it with a proof that the pinned version of the model gives
///         this answer to the input asked about. The proof names its payee and its fee in its context, so that whoever
///         copies it pays the same account the same amount. Provers race: the first valid proof is paid.
/// @dev Money is credited and withdrawn, never pushed: no receiver can hold a request up. There is no administrator.
interface IInferenceOracle {
    /// @notice Where a request stands. It ends once: by an answer or by a refund.
    enum Status {
        None,
        Open,
        Fulfilled,
        Refunded
    }

    /// @notice What is asked.
    /// @param modelId The model.
    /// @param version The version; 0 takes the current one, which is pinned then and there.
    /// @param deadline Last second, since 1970, at which an answer is accepted.
    /// @param callbackGas Gas for `onInference` of the asker; 0 for no callback.
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
    /// @param maxFee What is escrowed, in wei.
    /// @param modelId The model.
    /// @param inputHash keccak256(abi.encodePacked(input)).
    struct Request {
        address asker;
        uint48 deadline;
        uint32 callbackGas;
        Status status;
        uint32 version;
        uint96 maxFee;
        uint128 modelId;
        bytes32 inputHash;
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
        ProofInvalid
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
        uint256[] input,
        bytes data
    );

    /// @notice A request was answered. `fee` is what the prover and the model's owner share.
    event InferenceFulfilled(
        uint256 indexed requestId, address indexed payee, uint96 fee, uint96 royalty, uint256[] statement
    );

    /// @notice The asker's callback failed or ran out of its gas; the answer stands all the same.
    event CallbackFailed(uint256 indexed requestId);

    /// @notice A request ended without an answer, and its fee was credited to the asker.
    event InferenceRefunded(uint256 indexed requestId, uint96 amount);

    /// @notice An account took its credit out.
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice The model has no such version, or it is not active.
    error VersionNotUsable(uint256 modelId, uint32 version);

    /// @notice The deadline has passed, or is more than a year away.
    error DeadlineInvalid(uint48 deadline);

    /// @notice The version takes another number of input signals.
    error InputLengthWrong(uint256 expected, uint256 actual);

    /// @notice More than 2^96 - 1 wei, or more callback gas than a block has.
    error ValueTooLarge();

    /// @notice The answer is refused for this reason.
    error FulfilmentRefused(uint256 requestId, Outcome reason);

    /// @notice Less gas is left than the callback is promised.
    error InsufficientGas();

    /// @notice The request cannot be refunded: it is not open, or its deadline has not passed and its version is not
    ///         revoked.
    error NotRefundable(uint256 requestId);

    /// @notice The account has no credit.
    error NothingToWithdraw(address account);

    /// @notice The receiver did not take the money.
    error WithdrawalFailed(address to);

    /// @notice Asks, and escrows the value sent.
    /// @return requestId Requests are numbered from 0.
    function requestInference(Question calldata question) external payable returns (uint256 requestId);

    /// @notice Answers a request; anyone may.
    function fulfil(Fulfilment calldata fulfilment) external;

    /// @notice Answers requests about one version of a model with one pairing check, and skips bad elements.
    /// @return outcomes One for each element.
    function fulfilEach(uint256 modelId, uint32 version, Fulfilment[] calldata fulfilments)
        external
        returns (Outcome[] memory outcomes);

    /// @notice Gives the fee of an open request back to its asker, after the deadline or where the version is revoked.
    ///         Anyone may.
    function refund(uint256 requestId) external;

    /// @notice Sends the caller's credit away.
    function withdraw(address to) external returns (uint256 amount);

    /// @notice What an account may withdraw, in wei.
    function creditOf(address account) external view returns (uint256);

    /// @notice The nonce for which a proof is made: keccak256(abi.encode(requestId, payee, fee)).
    function nonceOf(uint256 requestId, address payee, uint96 fee) external pure returns (uint256);

    /// @notice A request; status `None` where there is none.
    function getRequest(uint256 requestId) external view returns (Request memory);

    /// @notice How many requests there are.
    function requestCount() external view returns (uint256);
}
