// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Arena} from "../src/Arena.sol";
import {IArena} from "../src/interfaces/IArena.sol";
import {ILinkedEvaluations} from "../src/interfaces/ILinkedEvaluations.sol";
import {ArenaDouble} from "./utils/ArenaDouble.sol";
import {Contest} from "./utils/Contest.sol";
import {vm} from "./utils/Vm.sol";

/// @title Organisers and entrants who do everything they may, in any order
contract ArenaActors {
    Arena private immutable _arena;
    ArenaDouble private immutable _double;
    /// @dev What was given back of a contest.
    mapping(uint256 contest => uint256) public refunded;
    uint96[] private _stakes;
    uint256[] private _closes;
    mapping(uint256 contest => uint256[]) private _models;
    address[4] private _accounts = [address(0xa1), address(0xa2), address(0xa3), address(0xa4)];

    constructor(Arena arena, ArenaDouble double) payable {
        (_arena, _double) = (arena, double);
    }

    function open(uint256 who, uint96 prize, uint96 stake, uint16 share) external {
        if (_stakes.length == 3) return;
        IArena.Terms memory terms;
        terms.testSet = keccak256(abi.encode(_stakes.length));
        terms.stake = stake % 1 ether + 1;
        terms.entryCloses = uint48(block.timestamp + 1 hours);
        (terms.revealBy, terms.proveBy) = (terms.entryCloses + 1 hours, terms.entryCloses + 3 hours);
        share = share % 9_999 + 1;
        terms.shares = new uint16[](2);
        (terms.shares[0], terms.shares[1]) = (share, 10_000 - share);
        _double.publish(terms.testSet);
        uint256 value = prize % 10 ether + 1;
        vm.deal(_accounts[who % 4], value);
        vm.prank(_accounts[who % 4]);
        _arena.open{value: value}(terms);
        _stakes.push(terms.stake);
        _closes.push(terms.entryCloses);
    }

    function enter(uint256 contest, uint256 who, uint256 model) external {
        uint256 id = _id(contest);
        if (_stakes.length == 0 || _models[id].length == 6) return;
        uint256 modelId = ((model % 2) << 160) | uint160(_accounts[who % 4]);
        vm.deal(_accounts[who % 4], _stakes[id]);
        vm.prank(_accounts[who % 4]);
        try _arena.enter{value: _stakes[id]}(id, modelId, 1) {
            _models[id].push(modelId);
        } catch {}
    }

    /// @dev Too early one time in sixteen.
    function reveal(uint256 contest, uint256 haste) external {
        uint256 id = _id(contest);
        if (_stakes.length == 0 || (block.timestamp < _closes[id] && haste % 16 != 0)) return;
        _double.reveal(keccak256(abi.encode(id)));
        if (haste % 3 != 0) _double.reveal(keccak256(abi.encode(id)));
    }

    function score(uint256 contest, uint256 entry, uint32 correct) external {
        uint256 id = _id(contest);
        if (_models[id].length == 0) return;
        entry %= _models[id].length;
        _double.prove(keccak256(abi.encode(id)), _models[id][entry], correct % 5);
        try _arena.score(id, entry) {} catch {}
    }

    function settle(uint256 contest) external {
        try _arena.settle(_id(contest)) {} catch {}
    }

    function forfeit(uint256 contest) external {
        try _arena.forfeit(_id(contest)) {} catch {}
    }

    function refund(uint256 contest, uint256 entry) external {
        uint256 id = _id(contest);
        if (_models[id].length == 0) return;
        uint256 before = credits();
        try _arena.refund(id, entry % _models[id].length) {
            refunded[id] += credits() - before;
        } catch {}
    }

    function withdraw(uint256 who) external {
        address account = _accounts[who % 4];
        vm.prank(account);
        try _arena.withdraw(account) {} catch {}
    }

    function pass(uint16 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 40 minutes);
    }

    function credits() public view returns (uint256 sum) {
        for (uint256 i; i < 4; ++i) {
            sum += _arena.creditOf(_accounts[i]);
        }
    }

    function _id(uint256 contest) private view returns (uint256) {
        return _stakes.length == 0 ? 0 : contest % _stakes.length;
    }
}

/// @title Money is neither made nor lost
contract ArenaInvariantTest is Contest {
    ArenaActors private _actors;

    function setUp() public override {
        super.setUp();
        _actors = new ArenaActors(arena, double);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actors);
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 500
    /// forge-config: release.invariant.runs = 2000
    /// forge-config: release.invariant.depth = 500
    function invariant_balanceIsCreditsAndWhatContestsOwe() public view {
        uint256 owed = _actors.credits();
        for (uint256 id; id < arena.contestCount(); ++id) {
            owed += _owedBy(id);
        }
        assertEq(address(arena).balance, owed, "owed");
    }

    /// @dev The course of the actors does what it is meant to do: contests end in every way, and all is paid out.
    function test_theActorsEndContestsInEveryWay() public {
        uint256[5] memory seen;
        for (uint256 course; course < 12; ++course) {
            arena = new Arena(ILinkedEvaluations(address(double = new ArenaDouble())));
            _actors = new ArenaActors(arena, double);
            for (uint256 i; i < 150; ++i) {
                _step(uint256(keccak256(abi.encode(course, i))), course % 3 == 0);
                if (i % 10 == 0) invariant_balanceIsCreditsAndWhatContestsOwe();
            }
            for (uint256 id; id < arena.contestCount(); ++id) {
                seen[uint256(arena.getContest(id).status)]++;
            }
        }
        for (uint256 status = 2; status < 5; ++status) {
            assertTrue(seen[status] > 0, status == 2 ? "settled" : status == 3 ? "void" : "forfeited");
        }
    }

    function _step(uint256 seed, bool idle) private {
        if (seed % 7 == 0) _actors.open(seed, uint96(seed >> 8), uint96(seed >> 16), uint16(seed >> 24));
        _actors.enter(seed >> 32, seed >> 40, seed >> 48);
        _actors.reveal(seed >> 56, seed >> 140);
        if (!idle) _actors.score(seed >> 64, seed >> 72, uint32(seed >> 80));
        _actors.settle(seed >> 88);
        if (seed % 5 == 0) _actors.forfeit(seed >> 96);
        _actors.refund(seed >> 104, seed >> 112);
        _actors.withdraw(seed >> 120);
        if (seed % 3 == 0) _actors.pass(uint16(seed >> 128));
    }

    function _owedBy(uint256 id) private view returns (uint256 owed) {
        IArena.Contest memory contest = arena.getContest(id);
        uint256 stakes = uint256(contest.stake) * (contest.entries - contest.scored);
        if (contest.status == IArena.Status.Open) return contest.prize + stakes;
        if (contest.status == IArena.Status.Void) return stakes - _actors.refunded(id);
        if (contest.status != IArena.Status.Forfeited || contest.entries == 0) return 0;
        return contest.prize + stakes - _actors.refunded(id);
    }
}
