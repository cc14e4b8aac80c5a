// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelFamily} from "../src/interfaces/IModelFamily.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IProvenEvaluations} from "../src/interfaces/IProvenEvaluations.sol";
import {Governed} from "./utils/Governed.sol";
import {vm} from "./utils/Vm.sol";

/// @title What governance costs, as transactions of their own
/// @notice Compared with snapshots/governance.json.
/// forge-config: default.isolate = true
contract GovernanceGasTest is Governed {
    string private constant WHY = "adopt the better one";

    function test_fromEvaluationToDeprecation() public {
        IProvenEvaluations.TestSet memory set = testSet();
        IProvenEvaluations.Row[] memory rows = rowsFrom(0, 8);
        IInferenceVerifier.Inference[] memory answers = answersFrom("better", 0, 8);
        evaluations.count(BETTER, 1, set, rows, answers);
        uint256 gas = vm.snapshotGasLastCall("governance", "count of 8 rows");
        vm.snapshotValue("governance", "count of 8 rows, each", gas / 8);

        IModelFamily.Candidate memory better = candidate(BETTER);
        Action memory action = adoption(BETTER);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(action);
        bytes32 why = keccak256(bytes(WHY));
        vm.prank(alice);
        uint256 proposalId = governor.proposeCandidate(family, better, WHY);
        vm.snapshotGasLastCall("governance", "proposeCandidate");
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        vote(alice, proposalId);
        vm.snapshotGasLastCall("governance", "castVote");
        vm.warp(block.timestamp + VOTING_PERIOD);
        governor.queue(targets, values, calldatas, why);
        vm.snapshotGasLastCall("governance", "queue");
        vm.warp(block.timestamp + EXECUTION_DELAY);
        governor.execute(targets, values, calldatas, why);
        vm.snapshotGasLastCall("governance", "execute, a candidate adopted");
        vm.prank(bob);
        council.object(family, 2);
        vm.snapshotGasLastCall("governance", "object");
        vm.prank(carol);
        council.object(family, 2);
        vm.snapshotGasLastCall("governance", "object, the predecessor restored");
    }

    function test_theRest() public {
        vm.prank(bob);
        council.object(family, 1);
        vm.prank(bob);
        council.withdrawObjection(family, 1);
        vm.snapshotGasLastCall("governance", "withdrawObjection");
        IModelFamily.Rules memory changed = rules();
        changed.minimalCorrect = 5;
        vm.prank(address(timelock));
        family.setRules(changed);
        vm.snapshotGasLastCall("governance", "setRules");
        vm.prank(address(timelock));
        family.setGuardian(alice);
        vm.snapshotGasLastCall("governance", "setGuardian");
        vm.prank(alice);
        family.deprecate(1);
        vm.snapshotGasLastCall("governance", "deprecate, nothing to fall back on");
        vm.prank(address(timelock));
        family.retire(1, IModelRegistry.VersionStatus.Revoked);
        vm.snapshotGasLastCall("governance", "retire");
        IModelFamily.Candidate memory again = candidate(CURRENT);
        vm.prank(address(timelock));
        family.adopt(again);
        vm.snapshotGasLastCall("governance", "adopt");
    }
}
