// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ProverPool} from "../src/ProverPool.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IProverPool} from "../src/interfaces/IProverPool.sol";
import {Pooled} from "./utils/Pooled.sol";
import {vm} from "./utils/Vm.sol";

/// @title Withdraws again from within a withdrawal
contract GreedyProver {
    IProverPool private immutable _pool;
    uint256 public attempts;

    constructor(IProverPool pool) {
        _pool = pool;
    }

    function run(uint128 amount) external {
        _pool.stake{value: amount}();
        _pool.unbond(amount);
    }

    function leave() external {
        _pool.collect();
        _pool.withdraw(address(this));
    }

    receive() external payable {
        if (attempts++ != 0) return;
        (bool again,) = address(_pool).call(abi.encodeCall(IProverPool.withdraw, (address(this))));
        (bool collected,) = address(_pool).call(abi.encodeCall(IProverPool.collect, ()));
        require(!again && !collected, "paid twice");
    }
}

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

    function test_frontRun_copiedCalldataPaysTheSame() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.prank(rival);
        answer(id, prover, "prover", 0);
        assertEq(pool.creditOf(prover), FEE, "who proved it");
        assertEq(pool.creditOf(rival), 0, "not who sent it");
    }

    function test_copiedProof_forAnotherPayeeIsRefused() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW + 1);
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("prover", 0);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        pool.answer(id, rival, proof, statement);
    }

    function test_replay_anAnswerCountsOnce() public {
        uint256 id = ask(0);
        take(prover, id);
        answer(id, prover, "prover", 0);
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("prover", 0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotAnswerable.selector, id));
        pool.answer(id, prover, proof, statement);
        IProverPool.Question memory asked = question(0);
        vm.prank(asker);
        uint256 again = pool.request{value: FEE}(asked); // the same question
        take(prover, again);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        pool.answer(again, prover, proof, statement);
    }

    function test_otherChain_itsProofsAreRefused() public {
        uint256 id = ask(0);
        take(prover, id);
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("otherChain", 0);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        pool.answer(id, prover, proof, statement);
    }

    function test_anotherInputIsRefused() public {
        ask(0);
        uint256 id = ask(1);
        take(prover, id);
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("prover", 0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WrongInput.selector, id));
        pool.answer(id, prover, proof, statement);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WrongInput.selector, id));
        pool.answer(id, prover, proof, new uint256[](0));
    }

    function test_aRequestIsTakenOnce() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.prank(rival);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotTakeable.selector, id));
        pool.take(id);
        vm.prank(rival);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotTakeable.selector, 9));
        pool.take(9);
    }

    function test_withoutStakeNothingIsTaken() public {
        uint256 id = ask(0);
        vm.prank(patron);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.StakeTooLow.selector, 0, BOND));
        pool.take(id);
    }

    function test_unbonding_isNoWayAroundASlash() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.StakeTooLow.selector, 7 ether, 8 ether));
        pool.unbond(8 ether);
        vm.prank(prover);
        pool.unbond(7 ether);
        vm.warp(block.timestamp + WINDOW + 1);
        pool.slash(id);
        assertEq(pool.creditOf(asker), BOND, "bond");
        assertStake(prover, 0, 0, 7 ether);
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

    function test_revokedVersion_excusesTheProver() public {
        uint256 id = ask(0);
        take(prover, id);
        revoke();
        vm.warp(block.timestamp + WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotMissed.selector, id));
        pool.slash(id);
        pool.refund(id);
        assertEq(pool.creditOf(asker), FEE, "fee");
        assertStake(prover, 10 ether, 0, 0);
        assertEq(pool.reputationOf(prover, asker).missed, 0, "no miss");
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("prover", 0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotAnswerable.selector, id));
        pool.answer(id, prover, proof, statement);
    }

    /// @dev Documented: who may revoke the version gets out of its bond, at the price of the version.
    function test_selfDealing_whoHoldsTheModelEscapesItsMissByRevoking() public {
        vm.prank(deployer);
        registry.transferFrom(deployer, prover, 1);
        uint256 id = ask(0);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW);
        vm.prank(prover);
        registry.setVersionStatus(1, 1, IModelRegistry.VersionStatus.Revoked);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotMissed.selector, id));
        pool.slash(id);
        pool.refund(id); // before the deadline
        assertEq(pool.creditOf(asker), FEE, "the fee, and nothing for the wait");
        assertStake(prover, 10 ether, 0, 0);
    }

    /// @dev A second belongs to the taker or to the slash, to an answer or to a refund, never to both.
    function test_deadlines_noSecondBelongsToTwo() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotMissed.selector, id));
        pool.slash(id);
        vm.warp(block.timestamp + 50 minutes); // the deadline
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotRefundable.selector, id));
        pool.refund(id);
        answer(id, rival, "rival", 0);
        assertEq(pool.creditOf(asker), BOND, "the bond of who missed");
        assertEq(pool.creditOf(rival), FEE, "the fee of who answered in the last second");
    }

    function test_revokedVersion_isNotAsked() public {
        revoke();
        IProverPool.Question memory asked = question(0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.VersionNotUsable.selector, 1, 1));
        pool.request(asked);
        asked.version = 2;
        vm.expectRevert(abi.encodeWithSelector(IProverPool.VersionNotUsable.selector, 1, 2));
        pool.request(asked);
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

    function test_doubleClaim_ofARefund() public {
        uint256 id = ask(0);
        vm.warp(block.timestamp + 1 hours + 1);
        pool.refund(id);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotRefundable.selector, id));
        pool.refund(id);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotRefundable.selector, 7));
        pool.refund(7);
        (uint256[8] memory proof, uint256[] memory statement) = proofOf("prover", 0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotAnswerable.selector, id));
        pool.answer(id, prover, proof, statement);
    }

    function test_doubleClaim_ofABond() public {
        uint256 id = ask(0);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW + 1);
        pool.slash(id);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NotMissed.selector, id));
        pool.slash(id);
        vm.warp(block.timestamp + 1 hours);
        pool.refund(id);
        assertEq(pool.creditOf(asker), FEE + BOND, "once");
    }

    function test_doubleClaim_ofARewardAndOfAReclaim() public {
        sponsor(2 ether);
        uint256 id = ask(0);
        take(prover, id);
        answer(id, prover, "prover", 0);
        uint256 epoch = pool.currentEpoch();
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WrongEpoch.selector, epoch));
        pool.claim(asker, epoch); // it goes on
        nextEpoch();
        vm.prank(prover);
        pool.claim(asker, epoch);
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NothingDue.selector, prover));
        pool.claim(asker, epoch);
        vm.prank(patron);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WrongEpoch.selector, epoch));
        pool.reclaim(asker, epoch); // it was worked in
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

    function test_selfDealing_whoAsksItselfEarnsNothing() public {
        sponsor(2 ether); // for another asker's requests
        IProverPool.Question memory asked = question(0);
        vm.deal(prover, 5 ether);
        uint256 before = worth(prover);
        vm.prank(prover);
        uint256 id = pool.request{value: 5 ether}(asked);
        take(prover, id);
        answer(id, prover, "prover", 0);
        uint256 epoch = nextEpoch();
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NothingDue.selector, prover));
        pool.claim(asker, epoch);
        assertEq(worth(prover), before, "what it had");
        assertEq(pool.reputationOf(prover, asker).answered, 0, "no reputation with others");
    }

    function test_selfDealing_whoSponsorsItselfGetsItsOwnBack() public {
        IProverPool.Question memory asked = question(0);
        vm.deal(prover, 5 ether);
        uint256 before = worth(prover);
        uint256 now_ = pool.currentEpoch();
        vm.startPrank(prover);
        pool.sponsor{value: 4 ether}(prover, now_);
        uint256 id = pool.request{value: 1 ether}(asked);
        vm.stopPrank();
        take(prover, id);
        answer(id, prover, "prover", 0);
        uint256 epoch = nextEpoch();
        vm.prank(prover);
        pool.claim(prover, epoch);
        assertEq(worth(prover), before, "its own");
    }

    function test_selfDealing_aMissMovesMoneyFromOnePocketToTheOther() public {
        IProverPool.Question memory asked = question(0);
        uint256 before = worth(prover);
        vm.prank(prover);
        uint256 id = pool.request(asked);
        take(prover, id);
        vm.warp(block.timestamp + WINDOW + 1);
        pool.slash(id);
        assertEq(worth(prover), before, "its own");
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

    function test_reentrancy_aWithdrawalIsPaidOnce() public {
        GreedyProver greedy = new GreedyProver(pool);
        vm.deal(address(greedy), 2 ether);
        greedy.run(2 ether);
        vm.warp(block.timestamp + UNBONDING);
        greedy.leave();
        assertEq(address(greedy).balance, 2 ether, "once");
        assertEq(greedy.attempts(), 1, "tried");
    }

    function test_revertingReceiver_keepsItsCredit() public {
        uint256 id = ask(0);
        take(prover, id);
        answer(id, prover, "prover", 0);
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.WithdrawalFailed.selector, address(registry)));
        pool.withdraw(address(registry));
        vm.prank(prover);
        assertEq(pool.withdraw(prover), FEE, "to itself");
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.NothingDue.selector, prover));
        pool.withdraw(prover);
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

    function revoke() private {
        vm.prank(deployer);
        registry.setVersionStatus(1, 1, IModelRegistry.VersionStatus.Revoked);
    }

    /// @dev All that an account has, wherever it lies.
    function worth(address who) private view returns (uint256) {
        IProverPool.Stake memory held = pool.stakeOf(who);
        return who.balance + pool.creditOf(who) + held.free + held.bonded + held.unbonding;
    }
}
