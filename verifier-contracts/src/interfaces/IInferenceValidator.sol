// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC8004ValidationRegistry} from "./IERC8004ValidationRegistry.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";

/// @title A validator by ERC-8004 that answers with proofs and has no opinion
/// @notice An agent asks it to validate a claim: that this version of a model gives these outputs to this input. Whoever
///         holds a proof of that submits it, and the contract responds with 100. Nothing else makes it respond, and it
///         responds once.
/// @dev A response says that the answer is the model's. It does not say who computed it, that the model is any good,
///      or that the version was not revoked later. Agents choose what they have validated.
interface IInferenceValidator {
    /// @notice What an agent says of its work; the request's payload.
    /// @param agentId The agent.
    /// @param modelId The model.
    /// @param version Its version.
    /// @param statement The public signals but the context: the input's, then the packed outputs.
    /// @param salt Makes the hash one of its own: for a second validation, or where somebody took the first hash away.
    struct Claim {
        uint256 agentId;
        uint256 modelId;
        uint32 version;
        uint256[] statement;
        bytes32 salt;
    }

    /// @notice A claim was proven and responded to.
    event ClaimProven(
        bytes32 indexed requestHash,
        uint256 indexed agentId,
        uint256 indexed modelId,
        uint32 version,
        uint256[] statement
    );

    /// @notice This validator was not asked about this claim by the agent that it names.
    error NotRequested(bytes32 requestHash);

    /// @notice This validator has responded.
    error AlreadyAnswered(bytes32 requestHash);

    /// @notice Responds to a request with 100, the claim's statement as `responseHash` and the tag "zkml"; anyone may.
    /// @dev Reverts by the verifier's errors where the proof is not one.
    /// @param proof A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y, made for this contract as requester and the
    ///        request's hash as nonce.
    function respond(Claim calldata claim, uint256[8] calldata proof) external;

    /// @notice The hash under which an agent asks: keccak256 of {requestPayload}.
    function requestHashOf(Claim calldata claim) external pure returns (bytes32);

    /// @notice What stands at the request's URI: abi.encode(claim).
    function requestPayload(Claim calldata claim) external pure returns (bytes memory);

    /// @notice Where proofs are verified.
    function verifier() external view returns (IInferenceVerifier);

    /// @notice Where it is asked and responds.
    function validationRegistry() external view returns (IERC8004ValidationRegistry);
}
