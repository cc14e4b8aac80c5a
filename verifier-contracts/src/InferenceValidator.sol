// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC8004ValidationRegistry} from "./interfaces/IERC8004ValidationRegistry.sol";
import {IInferenceValidator} from "./interfaces/IInferenceValidator.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";

/// @title A validator that answers with proofs
/// @dev See {IInferenceValidator}. What makes it safe:
///      1. A proof is made for this contract and for the request's hash, which names agent, version, input and answer:
///         it serves one request, whoever sends it.
///      2. A request under the same hash by another agent is not answered, for the claim names its agent.
///      3. It is marked before the registry is called, and holds nothing.
contract InferenceValidator is IInferenceValidator {
    uint8 private constant PASSED = 100;

    /// @inheritdoc IInferenceValidator
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc IInferenceValidator
    IERC8004ValidationRegistry public immutable validationRegistry;

    mapping(bytes32 requestHash => bool) private _answered;

    constructor(IInferenceVerifier verifier_, IERC8004ValidationRegistry validationRegistry_) {
        verifier = verifier_;
        validationRegistry = validationRegistry_;
    }

    /// @inheritdoc IInferenceValidator
    function respond(Claim calldata claim, uint256[8] calldata proof) external {
        bytes32 requestHash = requestHashOf(claim);
        if (_answered[requestHash]) revert AlreadyAnswered(requestHash);
        (address asked, uint256 agentId,,,,) = validationRegistry.getValidationStatus(requestHash);
        if (asked != address(this) || agentId != claim.agentId) revert NotRequested(requestHash);
        verifier.certify(
            claim.modelId,
            claim.version,
            IInferenceVerifier.Inference({
                proof: proof, statement: claim.statement, requester: address(this), nonce: uint256(requestHash)
            })
        );

        _answered[requestHash] = true;
        emit ClaimProven(requestHash, agentId, claim.modelId, claim.version, claim.statement);
        bytes32 responseHash = keccak256(abi.encodePacked(claim.statement));
        validationRegistry.validationResponse(requestHash, PASSED, "", responseHash, "zkml");
    }

    /// @inheritdoc IInferenceValidator
    function requestHashOf(Claim calldata claim) public pure returns (bytes32) {
        return keccak256(requestPayload(claim));
    }

    /// @inheritdoc IInferenceValidator
    function requestPayload(Claim calldata claim) public pure returns (bytes memory) {
        return abi.encode(claim);
    }
}
