// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC8183} from "./IERC8183.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title An evaluator by ERC-8183 that completes a job when a proven answer is delivered, and has no opinion
/// @notice A job's description begins with its terms: which version of a model is to answer which input. The provider
///         submits, and anyone hands in the proof; it pays the job's provider, for it is made for that job and provider.
///         A job that has expired, or whose version was revoked, is rejected at anyone's call. There is no
///         administrator, and nothing but this moves the evaluator.
/// @dev It keeps no state: each job ends once because the escrow ends it once.
interface IInferenceEvaluator {
    /// @notice A proven answer was delivered; the job is completed.
    event AnswerDelivered(uint256 indexed jobId, address indexed provider, uint256[] statement);

    /// @notice The job has another evaluator.
    error NotEvaluator(uint256 jobId);

    /// @notice The provider has not submitted, or the job has ended.
    error NotSubmitted(uint256 jobId);

    /// @notice The job has expired: what is delivered now is late.
    error DeliveryLate(uint256 jobId, uint256 expiredAt);

    /// @notice The job's description does not begin with these terms.
    error TermsDiffer(uint256 jobId);

    /// @notice The job has not expired; or its version is not revoked.
    error NotRejectable(uint256 jobId);

    /// @notice Completes a job by its proven answer; anyone may. The reason is keccak256 of the statement's words.
    /// @dev Reverts by the verifier's errors where the proof is not one.
    /// @param proof A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y, made for this contract as requester and for
    ///        {nonceOf} the job and its provider.
    /// @param statement The public signals but the context: the input's, then the packed outputs.
    function deliver(
        uint256 jobId,
        uint256 modelId,
        uint32 version,
        uint256[8] calldata proof,
        uint256[] calldata statement
    ) external;

    /// @notice Rejects a funded job that has expired; anyone may. The reason is "expired".
    function rejectExpired(uint256 jobId) external;

    /// @notice Rejects a funded job whose version was revoked, before it expires; anyone may. The reason is "revoked".
    function rejectRevoked(uint256 jobId, uint256 modelId, uint32 version, uint256[] calldata input) external;

    /// @notice How the description of a job on these terms begins: `zkserve-job-1:` and the {termsHashOf} them in hex.
    ///         Anything may follow.
    function describe(uint256 modelId, uint32 version, uint256[] calldata input) external pure returns (string memory);

    /// @notice keccak256(abi.encode(modelId, version, input)).
    /// @param input The public signals that stand for the input: one commitment, or the packed inputs.
    function termsHashOf(uint256 modelId, uint32 version, uint256[] calldata input) external pure returns (bytes32);

    /// @notice The nonce for which an answer is proven: keccak256(abi.encode(commerce, jobId, provider)).
    function nonceOf(uint256 jobId, address provider) external view returns (uint256);

    /// @notice The escrow whose jobs it evaluates.
    function commerce() external view returns (IERC8183);

    /// @notice Where proofs are verified.
    function verifier() external view returns (IInferenceVerifier);

    /// @notice The verifier's registry of models.
    function registry() external view returns (IModelRegistry);
}
