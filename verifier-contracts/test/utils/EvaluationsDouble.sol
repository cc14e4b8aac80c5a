// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IEvaluations} from "../../src/interfaces/IEvaluations.sol";

/// @title Evaluations that say what a test tells them
contract EvaluationsDouble is IEvaluations {
    struct Said {
        bool proven;
        uint32 correct;
        uint32 rows;
    }

    mapping(uint256 modelId => mapping(uint32 version => mapping(bytes32 testSet => Said))) public evaluationOf;

    function say(uint256 modelId, uint32 version, bytes32 testSet, uint32 correct, uint32 rows) external {
        evaluationOf[modelId][version][testSet] = Said(rows != 0, correct, rows);
    }
}
