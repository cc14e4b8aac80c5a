// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLRegistry} from "./IERCZKMLRegistry.sol";

/// @title Registry of models with versions, keys and status
/// @notice ERC-7992's registry; each model is an ERC-721 token whose holder publishes its versions. Versions are
///         numbered from 1 and never change, but for their status; `getModel` and `updateModel` speak of the
///         newest one, which is the current one. There is no administrator.
interface IModelRegistry is IERCZKMLRegistry {
    /// @notice How far a version may be relied on. It only ever goes forward.
    /// @dev None: no such version. Active: in use. Deprecated: its owner advises against new uses; consumers that
    ///      pinned the version still get answers. Revoked: unsafe, no proof is accepted any more.
    enum VersionStatus {
        None,
        Active,
        Deprecated,
        Revoked
    }

    /// @notice How the key was made, *as its publisher declares it*.
    /// @dev Development: one party knew the trapdoor and could forge proofs. Production: a ceremony of many.
    ///      A chain cannot tell the two apart: the points of a key look the same whether anyone kept the
    ///      trapdoor. What the registry does enforce: the lint that every key passes; that `Production` names a
    ///      ceremony transcript for others to check; and that an account which declared a key `Development`
    ///      cannot declare it `Production` later, nor another key with the same alpha, beta, gamma and delta, as
    ///      all versions of an architecture have.
    enum SetupKind {
        Development,
        Production
    }

    /// @notice What a publisher states about a version beside its commitment.
    /// @param setup How the key was made.
    /// @param transcriptHash Hash of the ceremony's transcript; zero exactly for `Development`.
    /// @param inputSignals Public signals that stand for the input: 1 commitment, or the packed inputs.
    /// @param outputSignals Public signals that hold the packed outputs. One more, the context, follows.
    struct VersionTerms {
        SetupKind setup;
        bytes32 transcriptHash;
        uint16 inputSignals;
        uint16 outputSignals;
    }

    /// @notice What a verifier needs to know of a version; one storage slot.
    /// @param key Contract whose code is a STOP byte and the canonical key bytes.
    /// @param status The status.
    /// @param setup How the key was made, as declared.
    /// @param inputSignals Public signals that stand for the input.
    /// @param outputSignals Public signals that hold the packed outputs.
    struct VersionInfo {
        address key;
        VersionStatus status;
        SetupKind setup;
        uint16 inputSignals;
        uint16 outputSignals;
    }

    /// @notice A commitment M to a version's weights: a sum of points that only the architecture's set-up made.
    /// @param commitment M, which is added to IC_0 of the architecture's key.
    /// @param spanProof kappa·M, which only sums of those points have.
    struct WeightCommitment {
        uint256[2] commitment;
        uint256[2] spanProof;
    }

    /// @notice The key of an architecture, whose weights versions commit to, passed the lint and was stored.
    event ArchitecturePublished(bytes32 indexed architectureId, address pointer, uint256 publicSignals);

    /// @notice A key was made from an architecture and a commitment to weights that passed the span check.
    event WeightsCommitted(bytes32 indexed vkHash, bytes32 indexed architectureId, WeightCommitment weights);

    /// @notice A verifying key passed the lint and was stored.
    event KeyPublished(bytes32 indexed vkHash, address pointer, uint256 publicSignals);

    /// @notice A version was published and is now the current one of its model.
    event VersionPublished(
        uint256 indexed modelId, uint32 indexed version, bytes32 indexed vkHash, VersionTerms terms
    );

    /// @notice The status of a version went forward.
    event VersionStatusChanged(uint256 indexed modelId, uint32 indexed version, VersionStatus status);

    /// @notice The model has no such version.
    error VersionNotFound(uint256 modelId, uint32 version);

    /// @notice The status of a version only goes from active to deprecated to revoked.
    error StatusNotForward(VersionStatus current, VersionStatus requested);

    /// @notice `modelHash` and `circuitHash` must not be zero.
    error EmptyCommitment();

    /// @notice Only "groth16-bn254-v1" is supported.
    error UnsupportedProofSystem(bytes4 proofSystemId);

    /// @notice No key with this hash has been published.
    error KeyNotPublished(bytes32 vkHash);

    /// @notice The key given is not the one that the commitment names.
    error KeyHashMismatch(bytes32 expected, bytes32 actual);

    /// @notice The key has another number of public signals than the terms add up to.
    error KeySignalCountMismatch(uint256 expected, uint256 actual);

    /// @notice No architecture with this id has been published.
    error ArchitectureNotPublished(bytes32 architectureId);

    /// @notice kappa·G2 is not 128 bytes, malformed, infinity, outside the subgroup, or a point of which multiples of
    ///         G1 are known: ±G2, ±beta, ±gamma or ±delta.
    error SpanKeyInvalid();

    /// @notice A point of the commitment to the weights is infinity, off the curve, or has coordinates that are not
    ///         below the base field's order.
    error WeightsInvalid();

    /// @notice The commitment is no sum of the weights' points: its maker could shift outputs.
    error WeightsOutsideSpan();

    /// @notice The caller declared a key of this set-up a development key before.
    error DevelopmentKey(bytes32 vkHash);

    /// @notice `Production` needs a ceremony transcript, and `Development` has none.
    error TranscriptMismatch();

    /// @notice The key's length is not 448 + 64 n bytes with n of 2 to 376 points IC.
    error KeyLengthInvalid(uint256 length);

    /// @notice The coordinate at this byte offset of the key is not below the base field's order.
    error KeyCoordinateOutOfField(uint256 offset);

    /// @notice The point at this byte offset of the key is the point at infinity.
    error KeyPointAtInfinity(uint256 offset);

    /// @notice The G1 point at this byte offset of the key is not on the curve.
    error KeyPointOffCurve(uint256 offset);

    /// @notice One of beta, gamma, delta is not on the twisted curve or not in its prime-order subgroup.
    error KeyPointOutsideSubgroup();

    /// @notice The element at this byte offset is plus or minus a generator: no randomness went into it.
    error KeyElementIsGenerator(uint256 offset);

    /// @notice Two of beta, gamma, delta are equal up to sign: anyone can forge proofs.
    error KeyElementsRelated();

    /// @notice Two of the points IC are equal up to sign: public signals could be exchanged.
    error KeyInputsRelated(uint256 first, uint256 second);

    /// @notice Checks and stores a verifying key; anyone may. A key that is there already is left as it is.
    /// @param key alpha ‖ beta ‖ gamma ‖ delta ‖ IC[0..n], 32 bytes big-endian a coordinate, G2 points as in
    ///        EIP-197: x.c1, x.c0, y.c1, y.c0.
    /// @return vkHash keccak256 of `key`, by which commitments name it.
    function publishKey(bytes calldata key) external returns (bytes32 vkHash);

    /// @notice Registers a model with its key and terms in one call. `registerModel` does the same for a key
    ///         published before, as a development version with one input signal.
    /// @param commitment The commitment of version 1.
    /// @param terms Set-up and layout of version 1.
    /// @param key The canonical key bytes, or empty if the key is published already.
    /// @return modelId The new model's id, an ERC-721 token held by the caller.
    function publishModel(ModelCommitment calldata commitment, VersionTerms calldata terms, bytes calldata key)
        external
        returns (uint256 modelId);

    /// @notice Publishes the next version of a model, which becomes the current one. Owner only.
    /// @param modelId The model.
    /// @param commitment The version's commitment.
    /// @param terms The version's set-up and layout.
    /// @param key The canonical key bytes, or empty if the key is published already.
    /// @return version The new version's number.
    function publishVersion(
        uint256 modelId,
        ModelCommitment calldata commitment,
        VersionTerms calldata terms,
        bytes calldata key
    ) external returns (uint32 version);

    /// @notice Stores the key of an architecture, for versions that commit to their weights. Anyone may.
    /// @param key The key of the circuit for its real public signals alone, as canonical bytes.
    /// @param spanKey kappa·G2, 128 bytes in EIP-197 order.
    /// @return architectureId keccak256(key ‖ spanKey).
    function publishArchitecture(bytes calldata key, bytes calldata spanKey) external returns (bytes32 architectureId);

    /// @notice Makes and stores the key of a version: the architecture's, with the commitment added to IC_0.
    /// @dev Checks e(commitment, kappa·G2) = e(spanProof, G2). The key is then like any other.
    /// @return vkHash The key's hash.
    function publishCommittedKey(bytes32 architectureId, WeightCommitment calldata weights)
        external
        returns (bytes32 vkHash);

    /// @notice {publishModel} with a key as {publishCommittedKey} makes it.
    function publishCommittedModel(
        ModelCommitment calldata commitment,
        VersionTerms calldata terms,
        bytes32 architectureId,
        WeightCommitment calldata weights
    ) external returns (uint256 modelId);

    /// @notice {publishVersion} with a key as {publishCommittedKey} makes it. Owner only.
    function publishCommittedVersion(
        uint256 modelId,
        ModelCommitment calldata commitment,
        VersionTerms calldata terms,
        bytes32 architectureId,
        WeightCommitment calldata weights
    ) external returns (uint32 version);

    /// @notice Deprecates or revokes a version; there is no way back. Owner only.
    /// @param modelId The model.
    /// @param version The version.
    /// @param status `Deprecated` or `Revoked`.
    function setVersionStatus(uint256 modelId, uint32 version, VersionStatus status) external;

    /// @notice How many models there are; ids run from 1 to this number.
    function modelCount() external view returns (uint256);

    /// @notice The number of the current version; 0 if there is no such model.
    function currentVersion(uint256 modelId) external view returns (uint32);

    /// @notice What verifying needs; all zero (status `None`) if there is no such version. Never reverts.
    function infoOf(uint256 modelId, uint32 version) external view returns (VersionInfo memory);

    /// @notice The commitment of a version and its ceremony's transcript hash.
    function getVersion(uint256 modelId, uint32 version)
        external
        view
        returns (ModelCommitment memory commitment, VersionInfo memory info, bytes32 transcriptHash);

    /// @notice Where a key is stored; zero if it is not published.
    function keyPointer(bytes32 vkHash) external view returns (address);

    /// @notice The canonical bytes of a published key.
    function keyBytes(bytes32 vkHash) external view returns (bytes memory);

    /// @notice Where an architecture is stored: a STOP byte, its key, kappa·G2; zero if it is not published.
    function architecturePointer(bytes32 architectureId) external view returns (address);

    /// @notice Whether a key was made from this architecture and a commitment that passed the span check. A key for
    ///         which this is false may still look as if it was.
    function isCommittedUnder(bytes32 vkHash, bytes32 architectureId) external view returns (bool);
}
