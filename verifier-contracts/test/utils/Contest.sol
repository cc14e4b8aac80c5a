// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Arena} from "../../src/Arena.sol";
import {IArena} from "../../src/interfaces/IArena.sol";
import {ILinkedEvaluations} from "../../src/interfaces/ILinkedEvaluations.sol";
import {ArenaDouble} from "./ArenaDouble.sol";
import {Assertions} from "./Assertions.sol";
import {vm} from "./Vm.sol";

/// @title An arena over doubles, and steps of a contest
abstract contract Contest is Assertions {
    uint256 internal constant PRIZE = 10 ether;
    uint96 internal constant STAKE = 1 ether;
    bytes32 internal constant SET = keccak256("test set");
    address internal constant ORGANISER = address(0x0126);
    ArenaDouble internal double = new ArenaDouble();
    Arena internal arena = new Arena(ILinkedEvaluations(address(double)));
    uint48 internal start;

    function setUp() public virtual {
        vm.warp(1_700_000_000);
        start = uint48(block.timestamp);
        double.publish(SET);
        vm.deal(ORGANISER, 100 ether);
    }

    function terms() internal view returns (IArena.Terms memory made) {
        made.testSet = SET;
        made.stake = STAKE;
        (made.entryCloses, made.revealBy, made.proveBy) = (start + 1 days, start + 2 days, start + 3 days);
        made.shares = new uint16[](2);
        (made.shares[0], made.shares[1]) = (7_000, 3_000);
    }

    function openContest() internal returns (uint256) {
        vm.prank(ORGANISER);
        return arena.open{value: PRIZE}(terms());
    }

    /// @dev Entrants are accounts, whose models have their numbers.
    function entrant(uint256 number) internal pure returns (address) {
        return address(uint160(0x1000000 + number * 7 + 1));
    }

    function modelOf(uint256 number) internal pure returns (uint256) {
        return uint160(entrant(number));
    }

    function enter(uint256 number) internal returns (uint256) {
        vm.deal(entrant(number), STAKE);
        vm.prank(entrant(number));
        return arena.enter{value: STAKE}(0, modelOf(number), 1);
    }

    function revealAll() internal {
        vm.warp(start + 1 days);
        double.reveal(SET);
        double.reveal(SET);
    }

    function scoreWith(uint256 number, uint32 correct) internal {
        double.prove(SET, modelOf(number), correct);
        arena.score(0, number);
    }

    function end() internal {
        vm.warp(start + 3 days + 1);
    }
}
