// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "../src/interfaces/ICredits.sol";
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
        (bool again,) = address(_pool).call(abi.encodeCall(ICredits.withdraw, (address(this))));
        (bool collected,) = address(_pool).call(abi.encodeCall(IProverPool.collect, ()));
        require(!again && !collected, "paid twice");
    }
}

/// @title What provers, askers and sponsors may try gains them nothing
contract ProverPoolAttacksTest is Pooled {
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

    function test_revokedVersion_excusesTheProver() public {
        uint256 id = ask(0);
        take(prover, id);
        setStatus(IModelRegistry.VersionStatus.Revoked);
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

    function test_revokedVersion_isNotAsked() public {
        setStatus(IModelRegistry.VersionStatus.Revoked);
        IProverPool.Question memory asked = question(0);
        vm.expectRevert(abi.encodeWithSelector(IProverPool.VersionNotUsable.selector, 1, 1));
        pool.request(asked);
        asked.version = 2;
        vm.expectRevert(abi.encodeWithSelector(IProverPool.VersionNotUsable.selector, 1, 2));
        pool.request(asked);
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
        vm.expectRevert(abi.encodeWithSelector(ICredits.WithdrawalFailed.selector, address(registry)));
        pool.withdraw(address(registry));
        vm.prank(prover);
        assertEq(pool.withdraw(prover), FEE, "to itself");
        vm.prank(prover);
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, prover));
        pool.withdraw(prover);
    }

    /// @dev All that an account has, wherever it lies.
    function worth(address who) private view returns (uint256) {
        IProverPool.Stake memory held = pool.stakeOf(who);
        return who.balance + pool.creditOf(who) + held.free + held.bonded + held.unbonding;
    }
}
