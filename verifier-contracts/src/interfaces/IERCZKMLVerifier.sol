// SPDX-License-Identifier: CC0-1.0
pragma solidity ^0.8.20;

/// @title ERC-7992 verifier of machine-learning inferences
/// @dev https://eips.ethereum.org/EIPS/eip-7992
interface IERCZKMLVerifier {
    /// @notice An inference was verified.
    event InferenceVerified(
        uint256 indexed modelId, bytes32 indexed inputCommitment, bytes output, address indexed caller
    );

    /// @notice The proof is malformed or does not verify.
    error InvalidProof();

    /// @notice The proof verifies, but is not tied to the model.
    error ModelMismatch();

    /// @notice The input commitment is not the one that the proof's public inputs give.
    error InputCommitmentMismatch();

    /// @notice The output does not have the length that the model declares.
    error OutputMismatch();

    /// @notice The proof system is not supported.
    error UnsupportedProofSystem(bytes4 proofSystemId);

    /// @notice The current version of the model is deprecated.
    error VerificationRefused_ModelDeprecated(uint256 modelId);

    /// @notice Verifies a proof of an inference by the model's current version; reverts unless it is valid.
    /// @param modelId The model.
    /// @param inputCommitment Commitment to the inputs.
    /// @param output The public outputs.
    /// @param proof The proof.
    function verifyInference(uint256 modelId, bytes32 inputCommitment, bytes calldata output, bytes calldata proof)
        external;

    /// @notice The proof system of the model's current version.
    function proofSystemOf(uint256 modelId) external view returns (bytes4);

    /// @notice The registry whose models are verified.
    function registry() external view returns (address registryAddress);
}
