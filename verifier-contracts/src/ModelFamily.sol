// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERCZKMLRegistry} from "./interfaces/IERCZKMLRegistry.sol";
import {IEvaluations} from "./interfaces/IEvaluations.sol";
import {IModelFamily} from "./interfaces/IModelFamily.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";

/// @title Family of models
/// @dev See {IModelFamily}. What makes it hold:
///      1. The token is minted to this contract, which has no function that moves it, and publishes only what {adopt}
///         has checked, or again what it had checked before.
///      2. A candidate's content is copied from the registry, where it never changes; the vote names its hash.
///      3. Evaluations are asked for when a candidate is adopted, not when it is proposed: the comparison is with the
///         version that is current then.
///      4. Falling back cannot fail: the registry refuses a key only if it is not published, or if this account called
///         its set-up a development one before it calls it a ceremony's. So once there was a ceremony's key, no
///         development key is adopted.
contract ModelFamily is IModelFamily {
    /// @inheritdoc IModelFamily
    IModelRegistry public immutable registry;

    /// @inheritdoc IModelFamily
    IEvaluations public immutable evaluations;

    /// @inheritdoc IModelFamily
    address public immutable governance;

    /// @inheritdoc IModelFamily
    uint256 public immutable modelId;

    /// @inheritdoc IModelFamily
    address public guardian;

    bool private _ceremoniesOnly;
    Rules private _rules;
    mapping(uint32 version => Origin) private _origins;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert NotGovernance(msg.sender);
        _;
    }

    /// @param registry_ Where candidates are, and the family's model is registered.
    /// @param evaluations_ Where evaluations of that registry's versions are proven.
    /// @param governance_ Who adopts from now on, for good: a timelock.
    /// @param guardian_ Who may deprecate; zero for nobody.
    /// @param rules_ What candidates must show.
    /// @param first Version 1, which must show it too.
    constructor(
        IModelRegistry registry_,
        IEvaluations evaluations_,
        address governance_,
        address guardian_,
        Rules memory rules_,
        Candidate memory first
    ) {
        (registry, evaluations, governance) = (registry_, evaluations_, governance_);
        _setRules(rules_);
        _setGuardian(guardian_);
        uint32 correct = _check(registry_, evaluations_, first);
        (IERCZKMLRegistry.ModelCommitment memory commitment, IModelRegistry.VersionTerms memory terms) =
            _contentOf(registry_, first.modelId, first.version);
        modelId = registry_.publishModel(commitment, terms, "");
        _record(1, Origin(first.modelId, first.version, 0), terms, correct);
    }

    /// @inheritdoc IModelFamily
    function adopt(Candidate calldata candidate) external onlyGovernance returns (uint32 version) {
        uint32 correct = _checkAgainstCurrent(candidate);
        (IERCZKMLRegistry.ModelCommitment memory commitment, IModelRegistry.VersionTerms memory terms) =
            _contentOf(registry, candidate.modelId, candidate.version);
        uint32 predecessor = _activeVersion();
        version = registry.publishVersion(modelId, commitment, terms, "");
        _record(version, Origin(candidate.modelId, candidate.version, predecessor), terms, correct);
    }

    /// @inheritdoc IModelFamily
    function retire(uint32 version, IModelRegistry.VersionStatus status) external onlyGovernance {
        _retire(version, status);
    }

    /// @inheritdoc IModelFamily
    function deprecate(uint32 version) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        _retire(version, IModelRegistry.VersionStatus.Deprecated);
    }

    /// @inheritdoc IModelFamily
    function setRules(Rules calldata rules_) external onlyGovernance {
        _setRules(rules_);
    }

    /// @inheritdoc IModelFamily
    function setGuardian(address guardian_) external onlyGovernance {
        _setGuardian(guardian_);
    }

    /// @inheritdoc IModelFamily
    function current() external view returns (uint256 model, uint32 version) {
        version = _activeVersion();
        if (version == 0) revert NoCurrentVersion();
        return (modelId, version);
    }

    /// @inheritdoc IModelFamily
    function check(Candidate calldata candidate) external view returns (uint32 correct) {
        return _checkAgainstCurrent(candidate);
    }

    /// @inheritdoc IModelFamily
    function contentHashOf(uint256 model, uint32 version) external view returns (bytes32) {
        return _contentHash(registry, model, version);
    }

    /// @inheritdoc IModelFamily
    function originOf(uint32 version) external view returns (Origin memory) {
        return _origins[version];
    }

    /// @inheritdoc IModelFamily
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    function _setRules(Rules memory rules_) private {
        if (rules_.minimalCorrect == 0 || rules_.minimalCorrect > rules_.rows) revert RulesInvalid();
        _rules = rules_;
        emit RulesSet(rules_);
    }

    function _setGuardian(address guardian_) private {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    function _record(uint32 version, Origin memory origin, IModelRegistry.VersionTerms memory terms, uint32 correct)
        private
    {
        if (terms.setup == IModelRegistry.SetupKind.Production) _ceremoniesOnly = true;
        _origins[version] = origin;
        emit VersionAdopted(version, origin.modelId, origin.version, correct);
    }

    /// @dev Where the current version goes, its predecessor comes back if it can.
    function _retire(uint32 version, IModelRegistry.VersionStatus status) private {
        bool isCurrent = version == _activeVersion();
        registry.setVersionStatus(modelId, version, status);
        if (!isCurrent) return;
        uint32 predecessor = _origins[version].predecessor;
        if (_statusOf(registry, modelId, predecessor) != IModelRegistry.VersionStatus.Active) {
            emit LeftWithoutVersion(version);
            return;
        }
        (IERCZKMLRegistry.ModelCommitment memory commitment, IModelRegistry.VersionTerms memory terms) =
            _contentOf(registry, modelId, predecessor);
        uint32 restored = registry.publishVersion(modelId, commitment, terms, "");
        _origins[restored] = _origins[predecessor];
        emit VersionRestored(restored, predecessor);
    }

    /// @dev 0 if there is none.
    function _activeVersion() private view returns (uint32 version) {
        version = registry.currentVersion(modelId);
        if (_statusOf(registry, modelId, version) != IModelRegistry.VersionStatus.Active) return 0;
    }

    function _checkAgainstCurrent(Candidate memory candidate) private view returns (uint32 correct) {
        correct = _check(registry, evaluations, candidate);
        uint32 version = _activeVersion();
        if (version == 0) return correct;
        Origin memory origin = _origins[version];
        (bool proven, uint32 reached) = _evaluation(evaluations, modelId, version);
        if (!proven) (proven, reached) = _evaluation(evaluations, origin.modelId, origin.version);
        if (!proven) revert NotEvaluated(modelId, version, _rules.testSet);
        if (uint256(correct) + _rules.allowedLoss < reached) {
            revert NotGoodEnough(correct, reached - _rules.allowedLoss);
        }
    }

    /// @dev What a candidate must show by itself. The constructor cannot read immutables yet.
    function _check(IModelRegistry registry_, IEvaluations evaluations_, Candidate memory candidate)
        private
        view
        returns (uint32 correct)
    {
        (uint256 model, uint32 version) = (candidate.modelId, candidate.version);
        IModelRegistry.VersionInfo memory info = registry_.infoOf(model, version);
        if (info.status != IModelRegistry.VersionStatus.Active) revert CandidateNotActive(model, version);
        if (_contentHash(registry_, model, version) != candidate.contentHash) {
            revert CandidateChanged(model, version);
        }
        if (_ceremoniesOnly && info.setup != IModelRegistry.SetupKind.Production) {
            revert DevelopmentCandidate(model, version);
        }
        bool proven;
        (proven, correct) = _evaluation(evaluations_, model, version);
        if (!proven) revert NotEvaluated(model, version, _rules.testSet);
        if (correct < _rules.minimalCorrect) revert NotGoodEnough(correct, _rules.minimalCorrect);
    }

    /// @dev An evaluation counts if it is over all rows that the rules speak of.
    function _evaluation(IEvaluations evaluations_, uint256 model, uint32 version)
        private
        view
        returns (bool proven, uint32 correct)
    {
        uint32 rows;
        (proven, correct, rows) = evaluations_.evaluationOf(model, version, _rules.testSet);
        proven = proven && rows == _rules.rows;
    }

    function _contentHash(IModelRegistry registry_, uint256 model, uint32 version) private view returns (bytes32) {
        (IERCZKMLRegistry.ModelCommitment memory commitment, IModelRegistry.VersionTerms memory terms) =
            _contentOf(registry_, model, version);
        return keccak256(abi.encode(commitment, terms));
    }

    /// @dev What is published of a version, from what the registry keeps of it.
    function _contentOf(IModelRegistry registry_, uint256 model, uint32 version)
        private
        view
        returns (IERCZKMLRegistry.ModelCommitment memory commitment, IModelRegistry.VersionTerms memory terms)
    {
        IModelRegistry.VersionInfo memory info;
        (commitment, info, terms.transcriptHash) = registry_.getVersion(model, version);
        (terms.setup, terms.inputSignals, terms.outputSignals) = (info.setup, info.inputSignals, info.outputSignals);
    }

    function _statusOf(IModelRegistry registry_, uint256 model, uint32 version)
        private
        view
        returns (IModelRegistry.VersionStatus)
    {
        return registry_.infoOf(model, version).status;
    }
}
