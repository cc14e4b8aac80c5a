// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Proven accuracy of model versions on committed test sets
interface IEvaluations {
    /// @notice The count of correct answers over a whole test set is proven.
    event EvaluationProven(
        uint256 indexed modelId, uint32 indexed version, bytes32 indexed testSet, uint32 correct, uint32 rows
    );

    /// @notice What is proven of a version's accuracy.
    /// @return proven Whether every row of the test set was counted; the count says nothing before.
    /// @return correct Rows that the version answers with their label.
    /// @return rows Rows of the test set.
    function evaluationOf(uint256 modelId, uint32 version, bytes32 testSet)
        external
        view
        returns (bool proven, uint32 correct, uint32 rows);
}
