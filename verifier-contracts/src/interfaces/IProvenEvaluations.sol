// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IEvaluations} from "./IEvaluations.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Evaluations counted on chain from proven answers
/// @notice A test set is the root of a tree over its rows: the public signals of an input, and its class. Anyone hands
///         in proofs of a version's answers to rows; the contract verifies them in one pairing check, and counts each
///         row once, as correct where the largest output is the row's class. An evaluation is proven when all rows are
///         counted. It is a fact about the version's key: nobody can make it better, worse or another, so copying,
///         repeating or reordering proofs changes nothing, and no proof needs to name whom it is made for.
/// @dev What is trusted is the test set itself: who made it may have trained on it, or labelled it wrongly. Rows are
///      integers as the model takes them: versions that quantise inputs alike can be compared on one test set.
interface IProvenEvaluations is IEvaluations {
    /// @notice A test set; its id is the hash of this.
    /// @param root Root of the tree whose leaf i is {leafOf} row i; empty leaves up to the next power of two are zero.
    /// @param rows How many rows it has: 1 to 65,536.
    /// @param inputSignals Public signals that stand for an input.
    /// @param classes How many outputs are compared: 2 at least.
    struct TestSet {
        bytes32 root;
        uint32 rows;
        uint16 inputSignals;
        uint16 classes;
    }

    /// @notice What places an answer in the test set.
    /// @param index Which row it answers.
    /// @param label The row's class.
    /// @param path Siblings from the leaf up, as many as the tree is high.
    struct Row {
        uint32 index;
        uint32 label;
        bytes32[] path;
    }

    /// @notice Rows of an evaluation were counted. These are sums over all that were so far.
    event RowsCounted(
        uint256 indexed modelId, uint32 indexed version, bytes32 indexed testSet, uint32 counted, uint32 correct
    );

    /// @notice The test set has no rows, too many, or fewer than two classes.
    error TestSetInvalid();

    /// @notice As many rows as answers are needed, and one at least.
    error RowsMismatch(uint256 rows, uint256 answers);

    /// @notice The registry has no such version, or it takes inputs or gives outputs of another length.
    error VersionUnfit(uint256 modelId, uint32 version);

    /// @notice At least one proof is not valid for this version, or the version is revoked.
    error AnswersInvalid();

    /// @notice This row, with this class and the answer's input, is not in the test set.
    error RowNotInTestSet(uint32 index);

    /// @notice Counts rows that a version answered. Rows that are counted already are passed over, so that nobody can
    ///         hold up others by being quicker with some of theirs.
    /// @param modelId The model.
    /// @param version The version, not revoked.
    /// @param set The test set.
    /// @param rows Where the answers belong.
    /// @param answers The proven answers, in the same order, made for anybody.
    function count(
        uint256 modelId,
        uint32 version,
        TestSet calldata set,
        Row[] calldata rows,
        IInferenceVerifier.Inference[] calldata answers
    ) external;

    /// @notice The sums over the rows counted so far.
    function countOf(uint256 modelId, uint32 version, bytes32 testSet)
        external
        view
        returns (uint32 counted, uint32 correct);

    /// @notice Whether a row is counted.
    function isCounted(uint256 modelId, uint32 version, bytes32 testSet, uint32 index) external view returns (bool);

    /// @notice keccak256(abi.encode(set)).
    function testSetId(TestSet calldata set) external pure returns (bytes32);

    /// @notice A row's leaf: keccak256(abi.encodePacked("zkserve-test-row-v1", label as 32 bytes, input)).
    function leafOf(uint256[] calldata input, uint32 label) external pure returns (bytes32);

    /// @notice Where proofs are verified.
    function verifier() external view returns (IInferenceVerifier);

    /// @notice The verifier's registry.
    function registry() external view returns (IModelRegistry);
}
