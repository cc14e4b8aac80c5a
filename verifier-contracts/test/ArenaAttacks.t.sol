// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Arena} from "../src/Arena.sol";
import {IArena} from "../src/interfaces/IArena.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Contest} from "./utils/Contest.sol";
import {vm} from "./utils/Vm.sol";

/// @dev Withdraws again while it is paid, or refuses money.
contract GreedyEntrant {
    Arena private immutable _arena;
    bool private immutable _refuses;

    constructor(Arena arena, bool refuses) payable {
        (_arena, _refuses) = (arena, refuses);
    }

    function enter(uint256 contestId, uint96 stake) external {
        _arena.enter{value: stake}(contestId, uint160(address(this)), 1);
    }

    function withdraw() external {
        _arena.withdraw(address(this));
    }

    receive() external payable {
        require(!_refuses, "no");
        try _arena.withdraw(address(this)) {} catch {}
    }
}

/// @title What entrants, organisers and strangers try
contract ArenaAttacksTest is Contest {
    function test_scoringTwiceIsRefused() public {
        openContest();
        enter(0);
        revealAll();
        scoreWith(0, 5);
        _refuseScore(0);
        assertEq(arena.creditOf(entrant(0)), STAKE, "once");
    }

    function test_settlingTwiceIsRefused() public {
        openContest();
        enter(0);
        revealAll();
        scoreWith(0, 5);
        _refuseEnd();
        end();
        arena.settle(0);
        _refuseEnd();
        vm.expectRevert(abi.encodeWithSelector(IArena.NotRefundable.selector, 0, 0));
        arena.refund(0, 0);
    }

    function test_refundingTwiceIsRefused() public {
        openContest();
        enter(0);
        vm.warp(start + 2 days + 1);
        arena.forfeit(0);
        arena.refund(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IArena.NotRefundable.selector, 0, 0));
        arena.refund(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IArena.NotRefundable.selector, 0, 1));
        arena.refund(0, 1);
        _refuseEnd();
    }

    function test_withdrawingTwiceIsRefusedAndReentranceTakesNothing() public {
        openContest();
        GreedyEntrant greedy = new GreedyEntrant{value: 0}(arena, false);
        vm.deal(address(greedy), STAKE);
        greedy.enter(0, STAKE);
        enter(1);
        revealAll();
        double.prove(SET, uint160(address(greedy)), 1);
        arena.score(0, 0);
        greedy.withdraw();
        assertEq(address(greedy).balance, STAKE, "once");
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, address(greedy)));
        greedy.withdraw();
    }

    function test_whoRefusesMoneyStopsNobody() public {
        openContest();
        GreedyEntrant sulking = new GreedyEntrant{value: 0}(arena, true);
        vm.deal(address(sulking), STAKE);
        sulking.enter(0, STAKE);
        enter(1);
        revealAll();
        double.prove(SET, uint160(address(sulking)), 9);
        arena.score(0, 0);
        scoreWith(1, 3);
        end();
        arena.settle(0);
        assertEq(arena.creditOf(entrant(1)), 3 ether + STAKE, "the other has its part");
        vm.expectRevert(abi.encodeWithSelector(ICredits.WithdrawalFailed.selector, address(sulking)));
        sulking.withdraw();
        assertEq(arena.creditOf(address(sulking)), 7 ether + STAKE, "the credit stays");
    }

    function test_entriesAfterTheirTimeAreRefused() public {
        openContest();
        vm.warp(start + 1 days);
        _refuseEntry(entrant(0), modelOf(0), abi.encodeWithSelector(IArena.EntryRefused.selector, 0));
    }

    function test_entriesToNoContestAreRefused() public {
        vm.deal(entrant(0), STAKE);
        vm.prank(entrant(0));
        vm.expectRevert(abi.encodeWithSelector(IArena.EntryRefused.selector, 3));
        arena.enter{value: STAKE}(3, modelOf(0), 1);
    }

    function test_anothersModelOrOneTwiceOrOfAnotherArchitectureIsRefused() public {
        openContest();
        enter(0);
        uint256 foreign = 7 * 1_000_003;
        _refuseVersion(entrant(1), modelOf(0));
        _refuseVersion(entrant(0), modelOf(0));
        _refuseVersion(address(uint160(foreign)), foreign);
        double.setStatus(modelOf(2), IModelRegistry.VersionStatus.Deprecated);
        _refuseVersion(entrant(2), modelOf(2));
    }

    function test_anotherStakeIsRefused() public {
        openContest();
        vm.deal(entrant(0), 5 ether);
        vm.prank(entrant(0));
        vm.expectRevert(abi.encodeWithSelector(IArena.StakeWrong.selector, STAKE, STAKE - 1));
        arena.enter{value: STAKE - 1}(0, modelOf(0), 1);
    }

    function test_aRevokedVersionIsNotScored() public {
        openContest();
        enter(0);
        revealAll();
        double.prove(SET, modelOf(0), 9);
        double.setStatus(modelOf(0), IModelRegistry.VersionStatus.Revoked);
        _refuseScore(0);
    }

    function test_whatIsNotProvenOrTooLateOrNotRevealedIsNotScored() public {
        openContest();
        enter(0);
        double.prove(SET, modelOf(0), 9);
        _refuseScore(0); // whoever knows the rows before
        revealAll();
        _refuseScore(1);
        end();
        _refuseScore(0);
    }

    function test_aProofAfterTheEndLeavesTheStakeInTheFund() public {
        openContest();
        enter(0);
        enter(1);
        revealAll();
        scoreWith(0, 1);
        end();
        double.prove(SET, modelOf(1), 99);
        _refuseScore(1);
        arena.settle(0);
        assertEq(arena.creditOf(entrant(0)), PRIZE + 2 * STAKE, "fund");
    }

    function test_noneIsEndedBeforeItsTime() public {
        openContest();
        enter(0);
        _refuseEnd();
        vm.warp(start + 2 days);
        _refuseEnd();
        vm.expectRevert(abi.encodeWithSelector(IArena.NotEndable.selector, 9));
        arena.forfeit(9);
    }

    /// @dev The first second after entries is the first of reveals; the last of reveals and of proofs count.
    function test_deadlines_noSecondBelongsToTwo() public {
        openContest();
        vm.warp(start + 1 days - 1);
        enter(0);
        vm.warp(start + 1 days);
        _refuseEntry(entrant(1), modelOf(1), abi.encodeWithSelector(IArena.EntryRefused.selector, 0));
        double.reveal(SET);
        vm.warp(start + 2 days);
        double.reveal(SET);
        _refuseEnd();
        vm.warp(start + 3 days);
        _refuseEnd();
        scoreWith(0, 5);
        end();
        arena.settle(0);
        assertEq(arena.creditOf(entrant(0)), PRIZE + STAKE, "proven in the last second");
    }

    /// @dev An organiser who enters its own contest and keeps the rows gets back as many parts as it has stakes in it.
    function test_selfDealing_anOrganiserWhoForfeitsPaysTheOthers() public {
        openContest();
        enter(0);
        vm.deal(ORGANISER, 2 * uint256(STAKE));
        vm.startPrank(ORGANISER);
        for (uint256 i = 1; i < 3; ++i) {
            arena.enter{value: STAKE}(0, (i << 160) | uint160(ORGANISER), 1);
        }
        vm.stopPrank();
        vm.warp(start + 2 days + 1);
        arena.forfeit(0);
        for (uint256 i; i < 3; ++i) {
            arena.refund(0, i);
        }
        assertEq(arena.creditOf(entrant(0)), STAKE + PRIZE - 2 * (PRIZE / 3), "an equal part, and the dust");
        assertEq(arena.creditOf(ORGANISER), 2 * (STAKE + PRIZE / 3), "never more than it put in");
        assertEq(address(arena).balance, arena.creditOf(entrant(0)) + arena.creditOf(ORGANISER), "all of it");
    }

    /// @dev A model's token that is sold during a contest takes neither stake nor prize along.
    function test_soldModel_stakeAndPrizeStayWithWhoEntered() public {
        openContest();
        enter(0);
        double.sell(modelOf(0), address(0xb0e4));
        _refuseEntry(
            address(0xb0e4), modelOf(0), abi.encodeWithSelector(IArena.VersionRefused.selector, modelOf(0), 1)
        );
        revealAll();
        scoreWith(0, 5);
        end();
        arena.settle(0);
        assertEq(arena.creditOf(entrant(0)), PRIZE + STAKE, "the entrant's");
    }

    function test_unfairTermsAreRefused() public {
        IArena.Terms memory bad = terms();
        bad.entryCloses = start;
        _refuseTerms(bad, PRIZE, IArena.DeadlinesInvalid.selector);
        bad = terms();
        bad.revealBy = bad.entryCloses;
        _refuseTerms(bad, PRIZE, IArena.DeadlinesInvalid.selector);
        bad = terms();
        bad.proveBy = bad.revealBy + 1 hours - 1; // an accomplice would be ready
        _refuseTerms(bad, PRIZE, IArena.DeadlinesInvalid.selector);
        bad = terms();
        bad.proveBy = start + 366 days;
        _refuseTerms(bad, PRIZE, IArena.DeadlinesInvalid.selector);
        bad = terms();
        bad.stake = 0;
        _refuseTerms(bad, PRIZE, IArena.AmountInvalid.selector);
        _refuseTerms(terms(), 0, IArena.AmountInvalid.selector);
        bad = terms();
        bad.shares[1] = 2_999;
        _refuseTerms(bad, PRIZE, IArena.SharesInvalid.selector);
        (bad.shares[0], bad.shares[1]) = (10_000, 0);
        _refuseTerms(bad, PRIZE, IArena.SharesInvalid.selector);
        bad.shares = new uint16[](0);
        _refuseTerms(bad, PRIZE, IArena.SharesInvalid.selector);
        bad.shares = new uint16[](9);
        for (uint256 i; i < 9; ++i) {
            bad.shares[i] = i == 0 ? 2_000 : 1_000;
        }
        _refuseTerms(bad, PRIZE, IArena.SharesInvalid.selector);
    }

    function test_aTestSetThatIsKnownOrNoneIsRefused() public {
        IArena.Terms memory bad = terms();
        bad.testSet = keccak256("none");
        vm.deal(ORGANISER, PRIZE);
        vm.prank(ORGANISER);
        vm.expectRevert(abi.encodeWithSelector(IArena.TestSetNotSecret.selector, bad.testSet));
        arena.open{value: PRIZE}(bad);
        double.reveal(SET);
        vm.prank(ORGANISER);
        vm.expectRevert(abi.encodeWithSelector(IArena.TestSetNotSecret.selector, SET));
        arena.open{value: PRIZE}(terms());
    }

    function _refuseTerms(IArena.Terms memory bad, uint256 prize, bytes4 reason) private {
        vm.prank(ORGANISER);
        vm.expectRevert(reason);
        arena.open{value: prize}(bad);
    }

    function _refuseScore(uint256 entryId) private {
        vm.expectRevert(abi.encodeWithSelector(IArena.NotScorable.selector, 0, entryId));
        arena.score(0, entryId);
    }

    function _refuseEnd() private {
        vm.expectRevert(abi.encodeWithSelector(IArena.NotEndable.selector, 0));
        arena.settle(0);
        vm.expectRevert(abi.encodeWithSelector(IArena.NotEndable.selector, 0));
        arena.forfeit(0);
    }

    function _refuseVersion(address account, uint256 modelId) private {
        _refuseEntry(account, modelId, abi.encodeWithSelector(IArena.VersionRefused.selector, modelId, 1));
    }

    function _refuseEntry(address account, uint256 modelId, bytes memory reason) private {
        vm.deal(account, STAKE);
        vm.prank(account);
        vm.expectRevert(reason);
        arena.enter{value: STAKE}(0, modelId, 1);
    }
}
