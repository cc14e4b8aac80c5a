// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IProverPool} from "../src/interfaces/IProverPool.sol";
import {Pooled} from "./utils/Pooled.sol";
import {vm} from "./utils/Vm.sol";

/// @title Requests are reserved by a bond, and end once
contract ProverPoolTest is Pooled {
    function test_takenAnsweredPaidAndRewarded() public {
        sponsor(2 ether);
        uint256 id = ask(0);
        take(prover, id);
        assertStake(prover, 7 ether, 3 ether, 0);
        answer(id, prover, "prover", 0);
        assertStatus(id, IProverPool.Status.Answered);
        assertStake(prover, 10 ether, 0, 0);
        assertEq(pool.creditOf(prover), FEE, "fee");
        IProverPool.Reputation memory known = pool.reputationOf(prover, asker);
        assertEq(known.answered, 1, "answered");
        assertEq(known.value, FEE, "value");
        (, uint256[] memory statement) = proofOf("prover", 0);
        assertTrue(pool.isAnswer(id, statement), "answer");
        uint256 epoch = nextEpoch();
        vm.prank(prover);
        pool.claim(asker, epoch);
        assertEq(pool.creditOf(prover), FEE + 2 ether, "and the sponsor's fund");
        assertEq(pool.epochOf(asker, epoch).fund, 0, "all of it");
    }

    function test_aMissCostsTheBondAndOpensTheRequest() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW + 1);
        vm.expectEmit(address(pool));
        emit IProverPool.Missed(id, prover, BOND);
        answer(id, rival, "rival", 0); // who was not the first, but is here
        assertEq(pool.creditOf(asker), BOND, "the bond is the asker's");
        assertEq(pool.creditOf(rival), FEE, "the fee is the rival's");
        assertStake(prover, 7 ether, 0, 0);
        assertEq(pool.reputationOf(prover, asker).missed, 1, "missed");
        assertEq(pool.reputationOf(rival, asker).answered, 0, "a race earns no reputation");
        assertFalse(pool.epochOf(asker, pool.currentEpoch()).worked, "nor rewards");
    }

    function test_aSlashedProverMayStillAnswer() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW + 1);
        pool.slash(id);
        assertStatus(id, IProverPool.Status.Missed);
        answer(id, prover, "prover", 0);
        assertEq(pool.creditOf(prover), FEE, "fee");
        assertStake(prover, 7 ether, 0, 0);
    }

    function test_duringItsWindowOnlyTheTakerIsPaid() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW); // the last second
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("rival", 0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotAnswerable.selector, id));
        pool.answer(id, rival, proof, statement);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotMissed.selector, id));
        pool.slash(id);
        answer(id, prover, "prover", 0);
    }

    function test_whatNobodyTookIsOpenWhenItIsTooLateToTake() public {
        uint256 id = ask(0);
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("rival", 0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotAnswerable.selector, id));
        pool.answer(id, rival, proof, statement);
        vm.warp(block.timestamp + 1 hours - WINDOW + 1);
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotTakeable.selector, id));
        pool.take(id);
        pool.answer(id, rival, proof, statement);
        assertEq(pool.creditOf(rival), FEE, "fee");
    }

    function test_afterTheDeadlineNothingIsAnswered() public {
        uint256 id = ask(0);
        vm.warp(block.timestamp + 1 hours + 1);
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("prover", 0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotAnswerable.selector, id));
        pool.answer(id, prover, proof, statement);
    }

    function test_answersForNothingEarnReputationAlone() public {
        sponsor(2 ether);
        IProverPool.Question memory asked = question(0);
        vm.prank(asker);
        uint256 id = pool.request(asked);
        take(prover, id);
        answer(id, prover, "prover", 0);
        assertEq(pool.reputationOf(prover, asker).answered, 1, "answered");
        uint256 epoch = nextEpoch();
        vm.prank(patron);
        pool.reclaim(asker, epoch); // nobody has a share
        assertEq(pool.creditOf(patron), 2 ether, "back");
    }

    function test_unbonding_takesItsTime() public {
        vm.prank(prover);
        pool.unbond(4 ether);
        uint48 leavesAt = uint48(block.timestamp + UNBONDING);
        vm.warp(leavesAt - 1);
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.StillUnbonding.selector, leavesAt));
        pool.collect();
        vm.prank(prover);
        pool.unbond(1 ether); // all of it starts anew
        vm.warp(leavesAt + UNBONDING - 1);
        vm.prank(prover);
        pool.collect();
        assertEq(pool.creditOf(prover), 5 ether, "collected");
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NothingDue.selector, prover));
        pool.collect();
        assertStake(prover, 5 ether, 0, 0);
    }

    function test_refund_afterTheDeadlineWithTheBond() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotRefundable.selector, id));
        pool.refund(id);
        vm.warp(block.timestamp + 1 hours + 1);
        pool.refund(id);
        assertEq(pool.creditOf(asker), FEE + BOND, "fee and bond");
        assertStatus(id, IProverPool.Status.Refunded);
    }

    function test_sponsorsGetBackWhatNobodyEarned() public {
        sponsor(2 ether);
        uint256 epoch = pool.currentEpoch();
        vm.prank(patron);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WrongEpoch.selector, epoch));
        pool.reclaim(asker, epoch);
        nextEpoch();
        vm.prank(patron);
        pool.reclaim(asker, epoch);
        assertEq(pool.creditOf(patron), 2 ether, "back");
        vm.prank(patron);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NothingDue.selector, patron));
        pool.reclaim(asker, epoch);
        vm.prank(patron);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WrongEpoch.selector, epoch));
        pool.sponsor{value: 1}(asker, epoch);
        vm.prank(patron);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WrongEpoch.selector, epoch + 1000));
        pool.sponsor{value: 1}(asker, epoch + 1000);
    }

    function test_rewardsGoByFees() public {
        sponsor(3 ether);
        uint256 first = ask(0);
        IProverPool.Question memory asked = question(1);
        vm.prank(asker);
        uint256 second = pool.request{value: 2 * FEE}(asked);
        take(prover, first);
        answer(first, prover, "prover", 0);
        take(prover, second);
        answer(second, prover, "prover", 1);
        uint256 epoch = nextEpoch();
        assertEq(pool.epochOf(asker, epoch).unclaimed, 3 * FEE, "fees");
        vm.prank(prover);
        pool.claim(asker, epoch);
        assertEq(pool.creditOf(prover), 6 ether, "fees and rewards");
    }

    function test_royaltiesAreTheHolders() public {
        vm.prank(deployer);
        registry.setRoyalty(1, patron, 1000);
        uint256 id = ask(0);
        vm.prank(deployer);
        registry.setRoyalty(1, patron, 5000); // later: the request keeps its price
        take(prover, id);
        answer(id, prover, "prover", 0);
        assertEq(pool.creditOf(patron), FEE / 10, "royalty");
        assertEq(pool.creditOf(prover), FEE - FEE / 10, "the rest");
    }

    function test_senselessQuestionsAreRefused() public {
        IProverPool.Question memory asked = question(0);
        asked.window = 2 hours;
        vm.expectRevert(abi.encodeWithSelector(IProverPool.DeadlineInvalid.selector, asked.deadline));
        pool.request(asked);
        asked.window = 0;
        vm.expectRevert(abi.encodeWithSelector(IProverPool.DeadlineInvalid.selector, asked.deadline));
        pool.request(asked);
        asked = question(0);
        asked.deadline = uint48(block.timestamp + 366 days);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.DeadlineInvalid.selector, asked.deadline));
        pool.request(asked);
        asked = question(0);
        asked.input = new uint256[](2);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.InputLengthWrong.selector, 1, 2));
        pool.request(asked);
        asked = question(0);
        asked.modelId = 1 << 96;
        vm.expectRevert(IProverPool.ValueTooLarge.selector);
        pool.request(asked);
        asked = question(0);
        vm.deal(asker, 1 << 97);
        vm.prank(asker);
        vm.expectRevert(IProverPool.ValueTooLarge.selector);
        pool.request{value: 1 << 96}(asked);
    }

    function test_senselessTermsAreRefused() public {
        bytes memory reason = abi.encodeWithSelector(IProverPool.TermsInvalid.selector);
        assertDeploymentReverts("ProverPool", abi.encode(verifier, 0, 1), reason);
        assertDeploymentReverts("ProverPool", abi.encode(verifier, 1, 0), reason);
        assertDeploymentReverts("ProverPool", abi.encode(verifier, 1, 366 days), reason);
    }
}
