// SPDX-License-Identifier: CC0-1.0
pragma solidity ^0.8.20;

/// @title ERC-7992 registry of verifiable machine-learning models
/// @notice Issues a model id for a commitment to a model, its circuit and its verifying key.
/// @dev https://eips.ethereum.org/EIPS/eip-7992. The draft declares the event and the error `ModelDeprecated`
///      in one interface, which Solidity refuses. The error lives in {ERC7992Errors}: selector and topic are
///      those of the draft, and the interface id is unchanged, since neither is part of it.
interface IERCZKMLRegistry {
    /// @notice What a model id stands for.
    /// @param modelHash Hash of weights and architecture (zkserve: sha256 of the canonical integer model).
    /// @param circuitHash Hash of the arithmetic circuit (zkserve: sha256 of the r1cs file).
    /// @param vkHash Hash of the verifying key (zkserve: keccak256 of the canonical key bytes).
    /// @param proofSystemId First four bytes of the keccak256 of the proof system's canonical name.
    /// @param uri Off-chain metadata, may be empty.
    struct ModelCommitment {
        bytes32 modelHash;
        bytes32 circuitHash;
        bytes32 vkHash;
        bytes4 proofSystemId;
        string uri;
    }

    /// @notice A model was registered.
    event ModelRegistered(uint256 indexed modelId, address indexed owner, ModelCommitment commitment);

    /// @notice The current commitment of a model changed.
    event ModelUpdated(uint256 indexed modelId, ModelCommitment oldCommitment, ModelCommitment newCommitment);

    /// @notice A model's current version was deprecated by its owner.
    event ModelDeprecated(uint256 indexed modelId);

    /// @notice No model has this id.
    error ModelNotFound(uint256 modelId);

    /// @notice Only the owner of the model may do this.
    error NotModelOwner(uint256 modelId, address caller);

    /// @notice Registers a model for the caller.
    /// @param commitment The model's commitment.
    /// @return modelId A new, unique id.
    function registerModel(ModelCommitment calldata commitment) external returns (uint256 modelId);

    /// @notice Makes a new commitment the current one of a model. Owner only.
    /// @param modelId The model.
    /// @param newCommitment The commitment that becomes current.
    function updateModel(uint256 modelId, ModelCommitment calldata newCommitment) external;

    /// @notice Deprecates a model. Owner only.
    /// @param modelId The model.
    function deprecateModel(uint256 modelId) external;

    /// @notice The current commitment of a model.
    /// @param modelId The model.
    /// @return commitment The current commitment.
    /// @return deprecated Whether the model is deprecated.
    /// @return owner Who may update and deprecate the model.
    function getModel(uint256 modelId)
        external
        view
        returns (ModelCommitment memory commitment, bool deprecated, address owner);
}
