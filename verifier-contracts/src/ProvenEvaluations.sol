// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IEvaluations} from "./interfaces/IEvaluations.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IProvenEvaluations} from "./interfaces/IProvenEvaluations.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";
import {TestRows} from "./libraries/TestRows.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

/// @title Evaluations counted on chain from proven answers
/// @dev See {IProvenEvaluations}. No administrator, no money. What makes it sound:
///      1. Answers are verified against the very version that is evaluated; versions never change.
///      2. A row's input is compared with the proven statement, its class with the test set's tree, and the row is
///         counted once, whatever the answer: who hands in only what went well proves no evaluation.
contract ProvenEvaluations is IProvenEvaluations {
    using BitMaps for BitMaps.BitMap;

    /// @dev One slot. `rows` is known from the first count on.
    struct Tally {
        uint32 rows;
        uint32 counted;
        uint32 correct;
    }

    uint256 private constant MOST_ROWS = 65_536;

    /// @inheritdoc IProvenEvaluations
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc IProvenEvaluations
    IModelRegistry public immutable registry;

    mapping(bytes32 evaluation => Tally) private _tallies;
    mapping(bytes32 evaluation => BitMaps.BitMap) private _counted;

    /// @param verifier_ Where proofs are verified, for good; its registry is the one whose versions are evaluated.
    constructor(IInferenceVerifier verifier_) {
        verifier = verifier_;
        registry = IModelRegistry(verifier_.registry());
    }

    /// @inheritdoc IProvenEvaluations
    function count(
        uint256 modelId,
        uint32 version,
        TestSet calldata set,
        Row[] calldata rows,
        IInferenceVerifier.Inference[] calldata answers
    ) external {
        if (set.rows == 0 || set.rows > MOST_ROWS || set.classes < 2) revert TestSetInvalid();
        if (rows.length != answers.length || rows.length == 0) revert RowsMismatch(rows.length, answers.length);
        _requireFit(modelId, version, set);
        if (!verifier.verifyBatch(modelId, version, answers)) revert AnswersInvalid();

        bytes32 testSet = testSetId(set);
        bytes32 evaluation = _evaluationId(modelId, version, testSet);
        Tally memory tally = _tallies[evaluation];
        uint32 counted = tally.counted;
        tally.rows = set.rows;
        for (uint256 i; i < rows.length; ++i) {
            _requireRow(set, rows[i], answers[i].statement);
            uint32 index = rows[i].index;
            if (_counted[evaluation].get(index)) continue;
            _counted[evaluation].set(index);
            ++tally.counted;
            if (PackedOutputs.argmax(answers[i].statement, set.inputSignals, set.classes) == rows[i].label) {
                ++tally.correct;
            }
        }
        _tallies[evaluation] = tally;
        emit RowsCounted(modelId, version, testSet, tally.counted, tally.correct);
        if (tally.counted == tally.rows && counted != tally.counted) {
            emit EvaluationProven(modelId, version, testSet, tally.correct, tally.rows);
        }
    }

    /// @inheritdoc IEvaluations
    /// @dev Rows and correct answers are given when all rows are counted, and are zero until then.
    function evaluationOf(uint256 modelId, uint32 version, bytes32 testSet)
        external
        view
        returns (bool proven, uint32 correct, uint32 rows)
    {
        Tally memory tally = _tallies[_evaluationId(modelId, version, testSet)];
        if (tally.rows == 0 || tally.counted != tally.rows) return (false, 0, 0);
        return (true, tally.correct, tally.rows);
    }

    /// @inheritdoc IProvenEvaluations
    function countOf(uint256 modelId, uint32 version, bytes32 testSet)
        external
        view
        returns (uint32 counted, uint32 correct)
    {
        Tally storage tally = _tallies[_evaluationId(modelId, version, testSet)];
        return (tally.counted, tally.correct);
    }

    /// @inheritdoc IProvenEvaluations
    function isCounted(uint256 modelId, uint32 version, bytes32 testSet, uint32 index) external view returns (bool) {
        return _counted[_evaluationId(modelId, version, testSet)].get(index);
    }

    /// @inheritdoc IProvenEvaluations
    function leafOf(uint256[] calldata input, uint32 label) external pure returns (bytes32) {
        return TestRows.leaf(input, label);
    }

    /// @inheritdoc IProvenEvaluations
    function testSetId(TestSet calldata set) public pure returns (bytes32) {
        return keccak256(abi.encode(set));
    }

    /// @dev An output that the version does not have would read as zero, or beyond the statement.
    function _requireFit(uint256 modelId, uint32 version, TestSet calldata set) private view {
        IModelRegistry.VersionInfo memory info = registry.infoOf(modelId, version);
        bool fits = info.status != IModelRegistry.VersionStatus.None && info.inputSignals == set.inputSignals
            && uint256(info.outputSignals) * PackedOutputs.LANES >= set.classes;
        if (!fits) revert VersionUnfit(modelId, version);
    }

    function _requireRow(TestSet calldata set, Row calldata row, uint256[] calldata statement) private pure {
        bytes32 leaf = TestRows.leaf(statement[:set.inputSignals], row.label);
        if (!TestRows.contains(set.root, set.rows, row.index, leaf, row.path)) revert RowNotInTestSet(row.index);
    }

    function _evaluationId(uint256 modelId, uint32 version, bytes32 testSet) private pure returns (bytes32) {
        return keccak256(abi.encode(modelId, version, testSet));
    }
}
