// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Arena} from "../src/Arena.sol";
import {IArena} from "../src/interfaces/IArena.sol";
import {ILinkedEvaluations} from "../src/interfaces/ILinkedEvaluations.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {LinkedEvaluated} from "./utils/LinkedEvaluated.sol";
import {vm} from "./utils/Vm.sol";

/// @title A contest with real proofs, and what each step costs as a transaction of its own
/// @notice Compared with snapshots/arena.json. The chunks have four rows of 30 numbers: five words each.
/// forge-config: default.isolate = true
contract ArenaGasTest is LinkedEvaluated {
    Arena private _arena;

    function setUp() public override {
        super.setUp();
        vm.warp(1_700_000_000);
        _arena = new Arena(evaluations);
        vm.deal(deployer, 100 ether);
    }

    function test_aContestWithRealProofs() public {
        vm.prank(deployer);
        _arena.open{value: 10 ether}(_terms());
        vm.snapshotGasLastCall("arena", "open");
        vm.prank(deployer);
        _arena.enter{value: 1 ether}(0, B, 1);
        vm.prank(deployer);
        _arena.enter{value: 1 ether}(0, A, 1);
        vm.snapshotGasLastCall("arena", "enter");
        vm.warp(block.timestamp + 1 hours);
        reveal(0);
        reveal(1);
        vm.snapshotGasLastCall("arena", "revealChunk of 5 words");
        linkVersion(B, ".b.evaluated");
        vm.snapshotGasLastCall("arena", "link, first of an evaluator");
        uint32 second = linkVersion(A, ".a.evaluated");
        vm.snapshotGasLastCall("arena", "link");
        evaluations.prove(testSet, 1, only(count(".b", 0)));
        vm.snapshotGasLastCall("arena", "prove of 1 chunk");
        evaluations.prove(testSet, 1, only(count(".b", 1)));
        evaluations.prove(testSet, second, counts(".a"));
        vm.snapshotGasLastCall("arena", "prove of 2 chunks");
        _arena.score(0, 0);
        _arena.score(0, 1);
        vm.snapshotGasLastCall("arena", "score");
        (uint256[] memory ids, uint256[] memory correct) = _arena.ranking(0);
        assertEq(ids[0], 1, "the better is first");
        assertEq(correct[0], 8, "all right");
        vm.warp(block.timestamp + 3 hours);
        _arena.settle(0);
        vm.snapshotGasLastCall("arena", "settle of 2 places");
        assertEq(_arena.creditOf(deployer), 12 ether, "all");
        vm.prank(deployer);
        _arena.withdraw(deployer);
        vm.snapshotGasLastCall("arena", "withdraw");
    }

    function test_aForfeitedContest() public {
        vm.prank(deployer);
        _arena.open{value: 10 ether}(_terms());
        vm.prank(deployer);
        _arena.enter{value: 1 ether}(0, A, 1);
        vm.warp(block.timestamp + 3 hours);
        _arena.forfeit(0);
        vm.snapshotGasLastCall("arena", "forfeit");
        _arena.refund(0, 0);
        vm.snapshotGasLastCall("arena", "refund");
    }

    function test_publishing() public {
        ILinkedEvaluations.Evaluator memory record = evaluatorRecord();
        record.circuitHash = keccak256("another");
        bytes32 other = evaluations.publishEvaluator(record);
        vm.snapshotGasLastCall("arena", "publishEvaluator");
        evaluations.publishTestSet(other, chunkCommitments());
        vm.snapshotGasLastCall("arena", "publishTestSet of 2 chunks");
    }

    function test_aRealVersionThatIsRevokedIsNotScored() public {
        vm.prank(deployer);
        _arena.open{value: 10 ether}(_terms());
        vm.prank(deployer);
        _arena.enter{value: 1 ether}(0, A, 1);
        vm.warp(block.timestamp + 1 hours);
        reveal(0);
        reveal(1);
        proveAll(A, ".a");
        vm.prank(deployer);
        registry.setVersionStatus(A, 1, IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IArena.NotScorable.selector, 0, 0));
        _arena.score(0, 0);
    }

    function _terms() private view returns (IArena.Terms memory terms) {
        terms.testSet = testSet;
        terms.stake = 1 ether;
        terms.entryCloses = uint48(block.timestamp + 1 hours);
        (terms.revealBy, terms.proveBy) = (terms.entryCloses + 1 hours, terms.entryCloses + 2 hours);
        terms.shares = new uint16[](2);
        (terms.shares[0], terms.shares[1]) = (7_000, 3_000);
    }
}
