// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ILinkedEvaluations} from "../../src/interfaces/ILinkedEvaluations.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";

/// @title A registry and evaluations that say what they are told: for courses of an arena without proofs
/// @notice Everybody owns the models whose ids end in his address, until they are sold.
contract ArenaDouble {
    mapping(bytes32 testSet => ILinkedEvaluations.TestSet) private _testSets;
    mapping(bytes32 testSet => mapping(uint256 modelId => uint32)) private _correct;
    mapping(bytes32 testSet => mapping(uint256 modelId => bool)) private _proven;
    mapping(uint256 modelId => IModelRegistry.VersionStatus) private _status;
    mapping(uint256 modelId => address) private _buyers;

    function publish(bytes32 testSet) external {
        _testSets[testSet].chunks = 2;
        _testSets[testSet].rows = 100;
    }

    function reveal(bytes32 testSet) external {
        ILinkedEvaluations.TestSet storage record = _testSets[testSet];
        if (record.revealedChunks == record.chunks) return;
        record.revealedChunks += 1;
        if (record.firstRevealedAt == 0) record.firstRevealedAt = uint48(block.timestamp);
        record.lastRevealedAt = uint48(block.timestamp);
    }

    function prove(bytes32 testSet, uint256 modelId, uint32 correct) external {
        (_proven[testSet][modelId], _correct[testSet][modelId]) = (true, correct);
    }

    function setStatus(uint256 modelId, IModelRegistry.VersionStatus status) external {
        _status[modelId] = status;
    }

    function registry() external view returns (address) {
        return address(this);
    }

    function getTestSet(bytes32 testSet) external view returns (ILinkedEvaluations.TestSet memory) {
        return _testSets[testSet];
    }

    function evaluationOf(uint256 modelId, uint32, bytes32 testSet) external view returns (bool, uint32, uint32) {
        return (_proven[testSet][modelId], _correct[testSet][modelId], _testSets[testSet].rows);
    }

    /// @dev Models whose id is a multiple of 7 are of another architecture.
    function isEvaluable(uint256 modelId, uint32, bytes32) external pure returns (bool) {
        return modelId % 7 != 0;
    }

    function infoOf(uint256 modelId, uint32 version) external view returns (IModelRegistry.VersionInfo memory info) {
        if (version == 0) return info;
        info.status = _status[modelId];
        if (info.status == IModelRegistry.VersionStatus.None) info.status = IModelRegistry.VersionStatus.Active;
    }

    function sell(uint256 modelId, address to) external {
        _buyers[modelId] = to;
    }

    function ownerOf(uint256 modelId) external view returns (address) {
        return _buyers[modelId] == address(0) ? address(uint160(modelId)) : _buyers[modelId];
    }
}
