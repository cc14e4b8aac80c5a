// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IFederatedRounds} from "../src/interfaces/IFederatedRounds.sol";
import {Federation} from "./utils/Federation.sol";
import {vm} from "./utils/Vm.sol";

/// @title What rounds of three members cost, as transactions of their own
/// @notice Compared with snapshots/FederatedRounds.json.
/// forge-config: default.isolate = true
contract FederatedGasTest is Federation {
    function test_aRound() public {
        vm.prank(member(0));
        rounds.join{value: STAKE}();
        vm.snapshotGasLastCall("FederatedRounds", "join");
        for (uint256 slot = 1; slot < MEMBERS; ++slot) {
            vm.prank(member(slot));
            rounds.join{value: STAKE}();
        }
        open();
        vm.snapshotGasLastCall("FederatedRounds", "openRound");
        for (uint256 slot; slot < MEMBERS; ++slot) {
            commit(slot, commitment(slot));
        }
        vm.snapshotGasLastCall("FederatedRounds", "commitUpdate");
        vm.warp(COMMIT_END + 1);
        acknowledge(3);
        vm.snapshotGasLastCall("FederatedRounds", "acknowledge");
        rounds.reveal(0, 2, opening(2));
        vm.snapshotGasLastCall("FederatedRounds", "reveal");
        settle("all");
        vm.snapshotGasLastCall("FederatedRounds", "settle, 3 members");
        vm.prank(member(0));
        rounds.withdraw(member(0));
        vm.snapshotGasLastCall("FederatedRounds", "withdraw");
        vm.prank(member(0));
        rounds.resign();
        vm.snapshotGasLastCall("FederatedRounds", "resign");
    }

    function test_settleWithADroppedMember() public {
        start(3);
        acknowledge(3);
        vm.warp(REVEAL_END + 1);
        settle("firstTwo");
        vm.snapshotGasLastCall("FederatedRounds", "settle, 3 members, one dropped");
    }

    function test_reports() public {
        startMalformed();
        IFederatedRounds.Opening memory other = opening(2);
        bytes memory signature = signed(1, other, commitment(0));
        rounds.reportMalformed(0, 1, malformed());
        vm.snapshotGasLastCall("FederatedRounds", "reportMalformed");
        rounds.reportMismatch(0, 0, other, signature);
        vm.snapshotGasLastCall("FederatedRounds", "reportMismatch");
        rounds.endRound(0);
        vm.snapshotGasLastCall("FederatedRounds", "endRound, void");
    }

    function test_forfeit() public {
        start(3);
        acknowledge(7);
        vm.warp(PROVE_END + 1);
        rounds.endRound(0);
        vm.snapshotGasLastCall("FederatedRounds", "endRound, forfeited");
    }
}
