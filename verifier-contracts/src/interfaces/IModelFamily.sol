// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IEvaluations} from "./IEvaluations.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Family of models: one model of the registry whose versions are adopted by vote, and only with a proof of how
///        good they are
/// @notice The family holds the token of its model for good. A candidate is a version of *any* model of the registry,
///         published by anyone; adopting it publishes the same version, key and all, as the family's newest one, which
///         is the registry's current version: whoever asks for the current version follows. A candidate is refused
///         unless its evaluation on the family's test set is proven, good enough, and not worse than the current
///         version's by more than is allowed.
/// @dev Powers. `governance` (a timelock) adopts, retires, sets rules and the guardian. The guardian deprecates, and
///      nothing else. The candidate's owner may revoke it until it is adopted, and has no say afterwards.
interface IModelFamily {
    /// @notice A version that may be adopted.
    /// @param modelId Its model, of any owner.
    /// @param version Its number there.
    /// @param contentHash {contentHashOf} it: a vote is for this content, whatever gets this number first.
    struct Candidate {
        uint256 modelId;
        uint32 version;
        bytes32 contentHash;
    }

    /// @notice What a candidate must show.
    /// @param testSet The test set of the evaluations that count.
    /// @param rows How many rows it has.
    /// @param minimalCorrect How many of them a candidate must answer correctly.
    /// @param allowedLoss How many fewer than the current version it may answer correctly.
    struct Rules {
        bytes32 testSet;
        uint32 rows;
        uint32 minimalCorrect;
        uint32 allowedLoss;
    }

    /// @notice Where a version of the family comes from.
    /// @param modelId The candidate's model.
    /// @param version The candidate's number.
    /// @param predecessor The family's version that was current before it; 0 if none was.
    struct Origin {
        uint256 modelId;
        uint32 version;
        uint32 predecessor;
    }

    /// @notice A candidate was adopted.
    event VersionAdopted(
        uint32 indexed version, uint256 indexed candidateModelId, uint32 indexed candidateVersion, uint32 correct
    );

    /// @notice The current version was deprecated or revoked, and its predecessor's content was published again.
    event VersionRestored(uint32 indexed version, uint32 indexed predecessor);

    /// @notice The current version was deprecated or revoked, and there was nothing to fall back on.
    event LeftWithoutVersion(uint32 indexed retired);

    /// @notice What candidates must show has changed.
    event RulesSet(Rules rules);

    /// @notice Another account may deprecate.
    event GuardianSet(address indexed guardian);

    /// @notice The caller is not the family's governance.
    error NotGovernance(address caller);

    /// @notice The caller is not the family's guardian.
    error NotGuardian(address caller);

    /// @notice More correct answers are asked for than there are rows, or none at all.
    error RulesInvalid();

    /// @notice The candidate is not active.
    error CandidateNotActive(uint256 modelId, uint32 version);

    /// @notice The candidate has another content than the one named.
    error CandidateChanged(uint256 modelId, uint32 version);

    /// @notice No evaluation of this version on this test set is proven, or not over all its rows.
    error NotEvaluated(uint256 modelId, uint32 version, bytes32 testSet);

    /// @notice The candidate answers fewer rows correctly than the family demands.
    error NotGoodEnough(uint32 correct, uint32 required);

    /// @notice The family has had versions with ceremony keys; the candidate has a development key.
    error DevelopmentCandidate(uint256 modelId, uint32 version);

    /// @notice No version of the family is active.
    error NoCurrentVersion();

    /// @notice Publishes a candidate as the family's next and current version. Governance only.
    /// @return version Its number in the family.
    function adopt(Candidate calldata candidate) external returns (uint32 version);

    /// @notice Deprecates or revokes a version, and falls back as {deprecate} does. Governance only.
    function retire(uint32 version, IModelRegistry.VersionStatus status) external;

    /// @notice Deprecates an active version at once. If it was the current one, its predecessor's content becomes
    ///         current again under a new number, if the predecessor is still active; else no version is. Guardian only.
    function deprecate(uint32 version) external;

    /// @notice Changes what candidates must show. Governance only.
    function setRules(Rules calldata rules_) external;

    /// @notice Replaces the guardian; zero for none. Governance only.
    function setGuardian(address guardian_) external;

    /// @notice The version that consumers should use; the registry's current one. Reverts if it is not active.
    function current() external view returns (uint256 model, uint32 version);

    /// @notice Reverts unless a candidate could be adopted now.
    /// @return correct How many rows it answers correctly.
    function check(Candidate calldata candidate) external view returns (uint32 correct);

    /// @notice The hash of what a version is: commitment, layout, set-up and transcript.
    function contentHashOf(uint256 model, uint32 version) external view returns (bytes32);

    /// @notice Where a version of the family comes from.
    function originOf(uint32 version) external view returns (Origin memory);

    /// @notice What candidates must show.
    function rules() external view returns (Rules memory);

    /// @notice Who adopts, retires and sets.
    function governance() external view returns (address);

    /// @notice Who may deprecate.
    function guardian() external view returns (address);

    /// @notice The family's model in the registry.
    function modelId() external view returns (uint256);

    /// @notice Where the family's model is registered.
    function registry() external view returns (IModelRegistry);

    /// @notice Where evaluations are proven.
    function evaluations() external view returns (IEvaluations);
}
