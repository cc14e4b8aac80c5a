// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IArena} from "../src/interfaces/IArena.sol";
import {Contest} from "./utils/Contest.sol";
import {vm} from "./utils/Vm.sol";

/// @title Contests from their opening to the last withdrawal
contract ArenaTest is Contest {
    function test_theBestShareThePrizeAndTheStakesOfWhoDidNotProve() public {
        openContest();
        for (uint256 i; i < 4; ++i) {
            assertEq(enter(i), i, "ids count");
        }
        revealAll();
        scoreWith(2, 90);
        scoreWith(0, 80);
        scoreWith(1, 95);
        (uint256[] memory ids, uint256[] memory correct) = arena.ranking(0);
        assertEq(ids.length, 2, "two places");
        assertEq(ids[0], 1, "first");
        assertEq(correct[0], 95, "its count");
        assertEq(ids[1], 2, "second");
        end();
        arena.settle(0);
        // ten and the stake of entry 3
        assertEq(arena.creditOf(entrant(1)), 7.7 ether + STAKE, "first");
        assertEq(arena.creditOf(entrant(2)), 3.3 ether + STAKE, "second");
        assertEq(arena.creditOf(entrant(0)), STAKE, "its stake alone");
        assertEq(arena.creditOf(entrant(3)), 0, "slashed");
        vm.prank(entrant(1));
        assertEq(arena.withdraw(entrant(1)), 8.7 ether, "withdrawn");
        assertEq(entrant(1).balance, 8.7 ether, "received");
    }

    function test_aTieGoesToTheEarlierEntryInWhateverOrderTheyAreScored() public {
        openContest();
        for (uint256 i; i < 4; ++i) {
            enter(i);
        }
        revealAll();
        for (uint256 i = 4; i > 0; --i) {
            scoreWith(i - 1, 50);
        }
        (uint256[] memory ids,) = arena.ranking(0);
        assertEq(ids[0], 0, "first");
        assertEq(ids[1], 1, "second");
    }

    function testFuzz_rankingIsThatOfASort(uint8[10] memory counts, uint256 order) public {
        openContest();
        for (uint256 i; i < counts.length; ++i) {
            enter(i);
        }
        revealAll();
        uint256 stride = order % 2 == 0 ? 3 : 7;
        for (uint256 i; i < counts.length; ++i) {
            uint256 number = (i * stride + order % 10) % 10;
            scoreWith(number, counts[number] % 4);
        }
        (uint256[] memory ids, uint256[] memory correct) = arena.ranking(0);
        for (uint256 place; place < 2; ++place) {
            uint256 better;
            for (uint256 i; i < counts.length; ++i) {
                uint256 other = counts[i] % 4;
                if (other > correct[place] || (other == correct[place] && i < ids[place])) ++better;
            }
            assertEq(better, place, "as many are better as its place says");
            assertEq(correct[place], counts[ids[place]] % 4, "its count");
        }
    }

    function test_emptyPlacesAndRoundingGoToTheFirst() public {
        openContest();
        enter(0);
        revealAll();
        scoreWith(0, 1);
        end();
        arena.settle(0);
        assertEq(arena.creditOf(entrant(0)), PRIZE + STAKE, "all of it");
    }

    function test_whereNobodyProvesEverybodyHasBackWhatIsTheirs() public {
        openContest();
        enter(0);
        enter(1);
        revealAll();
        end();
        arena.settle(0);
        assertEq(arena.creditOf(ORGANISER), PRIZE, "organiser");
        arena.refund(0, 0);
        arena.refund(0, 1);
        assertEq(arena.creditOf(entrant(1)), STAKE, "entrant");
    }

    function test_anOrganiserWhoDoesNotRevealForfeitsThePrizeToTheEntrants() public {
        openContest();
        for (uint256 i; i < 3; ++i) {
            enter(i);
        }
        vm.warp(start + 1 days);
        double.reveal(SET); // one of two
        vm.warp(start + 2 days + 1);
        arena.forfeit(0);
        for (uint256 i; i < 3; ++i) {
            arena.refund(0, i);
        }
        assertEq(arena.creditOf(entrant(0)), PRIZE / 3 + 1 + STAKE, "the first has what does not divide");
        assertEq(arena.creditOf(entrant(2)), PRIZE / 3 + STAKE, "a third");
        assertEq(arena.creditOf(ORGANISER), 0, "organiser");
    }

    function test_aRevealAfterItsTimeForfeits() public {
        openContest();
        enter(0);
        vm.warp(start + 1 days);
        double.reveal(SET);
        vm.warp(start + 2 days + 1);
        double.reveal(SET);
        assertFalse(arena.isFairlyRevealed(0), "too late");
        arena.forfeit(0);
    }

    function test_aRevealBeforeEntriesCloseForfeitsAtOnceAndEndsEntries() public {
        openContest();
        enter(0);
        vm.warp(start + 1 days - 1);
        double.reveal(SET);
        double.reveal(SET);
        vm.deal(entrant(1), STAKE);
        vm.prank(entrant(1));
        vm.expectRevert(abi.encodeWithSelector(IArena.EntryRefused.selector, 0));
        arena.enter{value: STAKE}(0, modelOf(1), 1);
        arena.forfeit(0);
        arena.refund(0, 0);
        assertEq(arena.creditOf(entrant(0)), PRIZE + STAKE, "prize");
    }

    function test_aForfeitedContestWithoutEntriesGoesBack() public {
        openContest();
        vm.warp(start + 2 days + 1);
        arena.forfeit(0);
        assertEq(arena.creditOf(ORGANISER), PRIZE, "prize");
    }

    function test_records() public {
        openContest();
        enter(0);
        IArena.Contest memory contest = arena.getContest(0);
        assertEq(contest.organiser, ORGANISER, "organiser");
        assertEq(contest.prize, PRIZE, "prize");
        assertEq(contest.entries, 1, "entries");
        assertEq(contest.shares.length, 2, "places");
        assertEq(arena.getEntry(0, 0).entrant, entrant(0), "entrant");
        assertEq(arena.contestCount(), 1, "contests");
    }
}
