// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ILinkedEvaluations} from "../src/interfaces/ILinkedEvaluations.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {PoseidonPairs} from "../src/libraries/PoseidonPairs.sol";
import {LinkedEvaluated} from "./utils/LinkedEvaluated.sol";

/// @title What fits into a transaction, which has 2^24 gas (EIP-7825)
contract LinkedEvaluationGasTest is LinkedEvaluated {
    /// @dev An organiser who cannot reveal loses the prize of a contest.
    function test_theLargestChunkIsRevealedInATransaction() public {
        ILinkedEvaluations.Evaluator memory record = evaluatorRecord();
        record.words = 896;
        uint256[] memory words = new uint256[](896);
        for (uint256 i; i < 896; ++i) {
            words[i] = Bn254.R - 1 - i;
        }
        uint256[] memory chunks = new uint256[](1);
        chunks[0] = this.digest(record.tag, Bn254.R - 1, words);
        bytes32 large = evaluations.publishTestSet(evaluations.publishEvaluator(record), chunks);
        uint256 before = gasleft();
        evaluations.revealChunk(large, 0, Bn254.R - 1, words);
        assertTrue(before - gasleft() + 899 * 32 * 16 + 21_000 < 1 << 24, "gas");
    }

    function digest(uint256 tag, uint256 salt, uint256[] calldata words) external pure returns (uint256) {
        return PoseidonPairs.digest(tag, salt, words);
    }
}
