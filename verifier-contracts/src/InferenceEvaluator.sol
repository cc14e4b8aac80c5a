// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC8183} from "./interfaces/IERC8183.sol";
import {IInferenceEvaluator} from "./interfaces/IInferenceEvaluator.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {JobTerms} from "./libraries/JobTerms.sol";

/// @title An evaluator that completes jobs by proofs
/// @dev See {IInferenceEvaluator}. What makes it safe:
///      1. A proof is made for this contract and {nonceOf} its job and provider, on this chain: it completes one job,
///         and the escrow pays that job's provider, whoever sends it.
///      2. Model, version and input are those that the client wrote into the job's description, which never changes.
///      3. It completes before expiry alone, and rejects after it, or where the registry says that the version is
///         revoked, in which case no proof is accepted either. So no job is both.
///      4. It holds no money and no state, so that being entered again finds nothing but the escrow's own status.
contract InferenceEvaluator is IInferenceEvaluator {
    /// @inheritdoc IInferenceEvaluator
    IERC8183 public immutable commerce;

    /// @inheritdoc IInferenceEvaluator
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc IInferenceEvaluator
    IModelRegistry public immutable registry;

    /// @param verifier_ Where proofs are verified, for good.
    /// @param commerce_ The escrow whose jobs are evaluated.
    constructor(IInferenceVerifier verifier_, IERC8183 commerce_) {
        verifier = verifier_;
        registry = IModelRegistry(verifier_.registry());
        commerce = commerce_;
    }

    /// @inheritdoc IInferenceEvaluator
    function deliver(
        uint256 jobId,
        uint256 modelId,
        uint32 version,
        uint256[8] calldata proof,
        uint256[] calldata statement
    ) external {
        IERC8183.Job memory job = _evaluated(jobId);
        if (job.status != IERC8183.JobStatus.Submitted) revert NotSubmitted(jobId);
        if (block.timestamp >= job.expiredAt) revert DeliveryLate(jobId, job.expiredAt);
        uint256 inputSignals = registry.infoOf(modelId, version).inputSignals;
        if (statement.length < inputSignals) revert TermsDiffer(jobId);
        _requireTerms(job, modelId, version, statement[:inputSignals]);
        verifier.certify(
            modelId,
            version,
            IInferenceVerifier.Inference({
                proof: proof, statement: statement, requester: address(this), nonce: nonceOf(jobId, job.provider)
            })
        );
        emit AnswerDelivered(jobId, job.provider, statement);
        commerce.complete(jobId, keccak256(abi.encodePacked(statement)), "");
    }

    /// @inheritdoc IInferenceEvaluator
    function rejectExpired(uint256 jobId) external {
        if (block.timestamp < _evaluated(jobId).expiredAt) revert NotRejectable(jobId);
        commerce.reject(jobId, "expired", "");
    }

    /// @inheritdoc IInferenceEvaluator
    function rejectRevoked(uint256 jobId, uint256 modelId, uint32 version, uint256[] calldata input) external {
        _requireTerms(_evaluated(jobId), modelId, version, input);
        if (registry.infoOf(modelId, version).status != IModelRegistry.VersionStatus.Revoked) {
            revert NotRejectable(jobId);
        }
        commerce.reject(jobId, "revoked", "");
    }

    /// @inheritdoc IInferenceEvaluator
    function describe(uint256 modelId, uint32 version, uint256[] calldata input) public pure returns (string memory) {
        return JobTerms.describe(JobTerms.hash(modelId, version, input));
    }

    /// @inheritdoc IInferenceEvaluator
    function termsHashOf(uint256 modelId, uint32 version, uint256[] calldata input) external pure returns (bytes32) {
        return JobTerms.hash(modelId, version, input);
    }

    /// @inheritdoc IInferenceEvaluator
    function nonceOf(uint256 jobId, address provider) public view returns (uint256) {
        return uint256(keccak256(abi.encode(commerce, jobId, provider)));
    }

    function _evaluated(uint256 jobId) private view returns (IERC8183.Job memory job) {
        job = commerce.getJob(jobId);
        if (job.evaluator != address(this)) revert NotEvaluator(jobId);
    }

    function _requireTerms(IERC8183.Job memory job, uint256 modelId, uint32 version, uint256[] calldata input)
        private
        pure
    {
        if (!JobTerms.isBeginningOf(describe(modelId, version, input), job.description)) {
            revert TermsDiffer(job.id);
        }
    }
}
