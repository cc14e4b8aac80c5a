// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Pooled} from "./utils/Pooled.sol";
import {vm} from "./utils/Vm.sol";

/// @title What the pool costs, as transactions of their own
/// @notice Compared with snapshots/pool.json.
/// forge-config: default.isolate = true
contract ProverPoolGasTest is Pooled {
    function test_fromStakeToReward() public {
        vm.deal(prover, 1 ether);
        vm.prank(prover);
        pool.stake{value: 1 ether}();
        vm.snapshotGasLastCall("pool", "stake");
        sponsor(2 ether);
        vm.snapshotGasLastCall("pool", "sponsor");
        uint256 id = ask(0);
        vm.snapshotGasLastCall("pool", "request");
        take(prover, id);
        vm.snapshotGasLastCall("pool", "take");
        answer(id, prover, "prover", 0);
        vm.snapshotGasLastCall("pool", "answer by the taker");
        uint256 epoch = nextEpoch();
        vm.prank(prover);
        pool.claim(asker, epoch);
        vm.snapshotGasLastCall("pool", "claim");
        vm.prank(prover);
        pool.withdraw(prover);
        vm.snapshotGasLastCall("pool", "withdraw");
        vm.prank(prover);
        pool.unbond(1 ether);
        vm.snapshotGasLastCall("pool", "unbond");
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(prover);
        pool.collect();
        vm.snapshotGasLastCall("pool", "collect");
    }

    function test_missed() public {
        uint256 id = ask(0);
        uint256 other = ask(1);
        take(prover, id);
        take(prover, other);
        vm.warp(block.timestamp + WINDOW + 1);
        answer(id, rival, "rival", 0);
        vm.snapshotGasLastCall("pool", "answer after a miss");
        pool.slash(other);
        vm.snapshotGasLastCall("pool", "slash");
        vm.warp(block.timestamp + 1 hours);
        pool.refund(other);
        vm.snapshotGasLastCall("pool", "refund");
    }

    function test_reclaim() public {
        sponsor(2 ether);
        uint256 epoch = nextEpoch();
        vm.prank(patron);
        pool.reclaim(asker, epoch);
        vm.snapshotGasLastCall("pool", "reclaim");
    }
}
