// SPDX-License-Identifier: CC0-1.0
pragma solidity ^0.8.20;

/// @title ERC-7992 storage extension: verified inferences kept on chain
/// @dev https://eips.ethereum.org/EIPS/eip-7992
interface IERCZKMLStorageExtension {
    /// @notice A verified inference was stored.
    event InferenceStored(bytes32 indexed inferenceId);

    /// @notice Verifies like `verifyInference` and stores the inference; reverts unless the proof is valid.
    /// @return inferenceId keccak256(abi.encodePacked(modelId, inputCommitment, output)).
    function verifyAndStoreInference(
        uint256 modelId,
        bytes32 inputCommitment,
        bytes calldata output,
        bytes calldata proof
    ) external returns (bytes32 inferenceId);

    /// @notice A stored inference.
    function getInference(bytes32 inferenceId)
        external
        view
        returns (uint256 modelId, bytes32 inputCommitment, bytes memory output);
}
