// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {FederatedRounds} from "../src/FederatedRounds.sol";
import {InferenceVerifier} from "../src/InferenceVerifier.sol";
import {IFederatedRounds} from "../src/interfaces/IFederatedRounds.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {Federation} from "./utils/Federation.sol";
import {vm} from "./utils/Vm.sol";

/// @title Accepts what repeats the next weights as its first word: the bookkeeping is tried here
contract AgreeingVerifier {
    address public immutable registry;

    constructor(address registry_) {
        registry = registry_;
    }

    function certify(uint256, uint32, IInferenceVerifier.Inference calldata inference) external view {
        require(inference.requester == msg.sender && inference.proof[1] == inference.nonce, "for another");
        require(inference.proof[0] == inference.statement[inference.statement.length - 1], "invalid");
    }
}

/// @title A hash that costs little: an opening's commitment is its salt, so that any can be made malformed
contract SaltHash {
    function poseidon(uint256[5] calldata input) external pure returns (uint256) {
        return input[2];
    }
}

/// @title Everything that members and the coordinator may try, in any order
contract FederatedActors {
    uint256 private constant MEMBERS = 3;
    FederatedRounds private immutable _rounds;
    uint96 private immutable _stake;
    uint96 private immutable _bond;
    address[4] private _accounts;
    mapping(uint256 roundId => uint256) private _ends;

    uint256 public mostEnds;
    uint256 public slashes;

    /// @param accounts The members, and the coordinator.
    constructor(FederatedRounds rounds, uint96 stake, uint96 bond, address[4] memory accounts) payable {
        (_rounds, _stake, _bond, _accounts) = (rounds, stake, bond, accounts);
    }

    function account(uint256 which) public view returns (address) {
        return _accounts[which % 4];
    }

    function join(uint256 by) external {
        address member = account(by % MEMBERS);
        uint96 due = _stake - _rounds.stakeOf(member);
        if (member.balance < due) return;
        vm.prank(member);
        try _rounds.join{value: due}() {} catch {}
    }

    function resign(uint256 by) external {
        vm.prank(account(by));
        try _rounds.resign() {} catch {}
    }

    function open(uint96 reward) external {
        uint256 value = uint256(_bond) + reward % 1 ether;
        if (account(3).balance < value) return;
        vm.prank(account(3));
        try _rounds.openRound{value: value}() {} catch {}
    }

    function commit(uint256 by, uint256 salt) external {
        uint256 roundId = _current(); // before the prank, which is for the next call
        vm.prank(account(by % MEMBERS));
        try _rounds.commitUpdate(roundId, salt) {} catch {}
    }

    function acknowledge(uint16 slots) external {
        uint256 roundId = _current();
        vm.prank(account(3));
        try _rounds.acknowledge(roundId, slots & 7) {} catch {}
    }

    function reveal(uint256 slot, uint256 word) external {
        slot %= MEMBERS;
        try _rounds.reveal(_current(), slot, _opening(slot, word)) {} catch {}
    }

    function report(uint256 slot, uint256 word) external {
        slot %= MEMBERS;
        try _rounds.reportMalformed(_current(), slot, _opening(slot, word)) {
            slashes++;
        } catch {}
    }

    function settle(uint256 next, uint256 which) external {
        uint256[8] memory proof;
        uint256 roundId = which % 8 == 0 ? which % (_rounds.roundCount() + 1) : _current();
        (proof[0], proof[1]) = (next, roundId);
        try _rounds.settle(roundId, next, proof) {
            _count(roundId);
        } catch {}
    }

    function end(uint256 which) external {
        uint256 roundId = which % 8 == 0 ? which % (_rounds.roundCount() + 1) : _current();
        try _rounds.endRound(roundId) {
            _count(roundId);
        } catch {}
    }

    function withdraw(uint256 by) external {
        vm.prank(account(by));
        try _rounds.withdraw(account(by)) {} catch {}
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + time % 3 hours);
    }

    function _current() private view returns (uint256 count) {
        count = _rounds.roundCount();
        return count == 0 ? 0 : count - 1;
    }

    /// @dev What the member committed to, with a word that fits or does not.
    function _opening(uint256 slot, uint256 word) private view returns (IFederatedRounds.Opening memory opened) {
        opened.salt = _rounds.updateOf(_current(), slot);
        opened.words = new uint256[](2);
        opened.words[1] = word % 2 == 0 ? 5 : 1 << 60;
    }

    function _count(uint256 roundId) private {
        if (++_ends[roundId] > mostEnds) mostEnds = _ends[roundId];
    }
}

/// @title Money is neither made nor lost, and every round ends once
contract FederatedInvariantTest is Federation {
    FederatedActors private _actors;

    function setUp() public override {
        super.setUp();
        verifier = InferenceVerifier(address(new AgreeingVerifier(address(registry))));
        rounds = new FederatedRounds(verifier, poseidon, terms(), members());
        vm.etch(address(poseidon), address(new SaltHash()).code);
        _actors = new FederatedActors(rounds, STAKE, BOND, [member(0), member(1), member(2), coordinator]);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actors);
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 500
    /// forge-config: release.invariant.runs = 2000
    /// forge-config: release.invariant.depth = 500
    function invariant_balanceIsStakesCreditsPotAndTheRoundUnderWay() public view {
        uint256 owed = rounds.pot() + rounds.creditOf(coordinator);
        for (uint256 slot; slot < MEMBERS; ++slot) {
            owed += rounds.stakeOf(member(slot)) + rounds.creditOf(member(slot));
        }
        uint256 count = rounds.roundCount();
        if (count > 0) {
            IFederatedRounds.Round memory round = rounds.getRound(count - 1);
            if (round.status == IFederatedRounds.Status.Open) owed += uint256(BOND) + round.reward;
            assertEq(round.ready & ~round.committed, 0, "who is ready has committed");
            assertEq(round.slashed & round.committed, 0, "who was slashed has not");
        }
        assertEq(address(rounds).balance, owed, "owed");
        assertTrue(_actors.mostEnds() <= 1, "each round ends once");
    }

    /// @dev The course of the actors does what it is meant to do: each way to end a round is gone.
    function test_theActorsEndRoundsInEveryWay() public {
        for (uint256 i; i < 150; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            for (uint256 by; by < MEMBERS; ++by) {
                _actors.join(by);
            }
            _actors.open(uint96(seed));
            for (uint256 by; by < MEMBERS; ++by) {
                if (seed >> by & 3 != 0) _actors.commit(by, seed >> 120);
            }
            _actors.pass(1 hours + 1);
            if (seed >> 16 & 1 == 0) _actors.acknowledge(uint16(seed >> 17));
            if (seed >> 24 & 1 == 0) _actors.reveal(seed >> 25, seed >> 32);
            if (seed >> 40 & 1 == 0) _actors.report(seed >> 41, seed >> 48);
            _actors.resign(seed >> 56);
            for (uint256 hour; hour < 5; ++hour) {
                _actors.pass(2 hours);
                if (seed >> (64 + hour) & 3 == 0) _actors.settle(seed >> 130, 1);
                if (seed >> (80 + hour) & 3 == 0) _actors.end(1);
            }
            _actors.end(1);
            _actors.withdraw(seed >> 96);
            invariant_balanceIsStakesCreditsPotAndTheRoundUnderWay();
        }
        uint256[5] memory seen;
        for (uint256 id; id < rounds.roundCount(); ++id) {
            seen[uint256(rounds.getRound(id).status)]++;
        }
        assertEq(seen[0], 0, "none");
        assertTrue(seen[2] > 1, "settled");
        assertTrue(seen[3] > 1, "void");
        assertTrue(seen[4] > 1, "forfeited");
        assertTrue(_actors.slashes() > 1, "slashed");
    }
}
