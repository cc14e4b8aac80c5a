// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {FederatedRounds} from "../../src/FederatedRounds.sol";
import {IFederatedRounds} from "../../src/interfaces/IFederatedRounds.sol";
import {IPoseidon5} from "../../src/interfaces/IPoseidon5.sol";
import {Fixtures} from "./Fixtures.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title A federation of three at the address for which the proofs in federated.json are made
abstract contract Federation is VerifierDeployed {
    using Fixtures for string;

    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    address internal constant coordinator = address(0xc00d);
    address internal constant stranger = address(0x57a6);
    /// @dev Members sign; their addresses are those of keys 1 to 3.
    uint256 internal constant MEMBERS = 3;

    uint96 internal constant STAKE = 1 ether;
    uint96 internal constant BOND = 3 ether;
    uint96 internal constant REWARD = 0.31 ether;
    uint96 internal constant PENALTY = 0.2 ether;
    uint256 internal constant OPENED = 1_800_000_000;
    uint256 internal constant COMMIT_END = OPENED + 1 hours;
    uint256 internal constant HANDOVER_END = COMMIT_END + 2 hours;
    uint256 internal constant REVEAL_END = HANDOVER_END + 3 hours;
    uint256 internal constant PROVE_END = REVEAL_END + 4 hours;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/federated.json");
    bytes internal key = vm.parseJsonBytes(fixtures, ".key");
    uint256 internal base = vm.parseJsonUint(fixtures, ".base");

    IPoseidon5 internal poseidon;
    FederatedRounds internal rounds;

    function setUp() public virtual {
        vm.warp(OPENED);
        vm.deal(coordinator, 1000 ether);
        deployVerifier();
        publish(deployer, key, uint16(MEMBERS + 1), 1);
        poseidon = deployCode(vm.parseJsonBytes(fixtures, ".poseidon"));
        vm.setNonce(deployer, 4);
        rounds = deploy(terms(), members());
        assertEq(member(2), vm.addr(3), "a member's key");
        assertEq(address(rounds), vm.parseJsonAddress(fixtures, ".rounds"), "the rounds' address");
        for (uint256 slot; slot < MEMBERS; ++slot) {
            vm.deal(member(slot), 100 ether);
        }
    }

    function deployCode(bytes memory code) internal returns (IPoseidon5 deployed) {
        assembly {
            deployed := create(0, add(code, 0x20), mload(code))
        }
    }

    function deploy(IFederatedRounds.Terms memory terms_, address[] memory members_)
        internal
        returns (FederatedRounds deployed)
    {
        vm.startPrank(deployer);
        deployed = new FederatedRounds(verifier, poseidon, terms_, members_);
        vm.stopPrank();
    }

    function member(uint256 slot) internal pure returns (address) {
        if (slot == 0) return 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf;
        if (slot == 1) return 0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF;
        return 0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69;
    }

    function members() internal pure returns (address[] memory all) {
        all = new address[](MEMBERS);
        for (uint256 slot; slot < MEMBERS; ++slot) {
            all[slot] = member(slot);
        }
    }

    function terms() internal view returns (IFederatedRounds.Terms memory) {
        return IFederatedRounds.Terms({
            modelId: MODEL,
            version: 1,
            coordinator: coordinator,
            stake: STAKE,
            bond: BOND,
            dropPenalty: PENALTY,
            commitPeriod: 1 hours,
            handoverPeriod: 2 hours,
            revealPeriod: 3 hours,
            provePeriod: 4 hours,
            sizes: IFederatedRounds.Sizes({size: 20, updateBits: 15, clipBits: 8, weightBits: 20}),
            weights: base
        });
    }

    /// @dev The member's update in the fixtures, for the first weights.
    function opening(uint256 slot) internal view returns (IFederatedRounds.Opening memory) {
        return _opening(string.concat(".members[", vm.toString(slot), "]"));
    }

    function commitment(uint256 slot) internal view returns (uint256) {
        return vm.parseJsonUint(fixtures, string.concat(".members[", vm.toString(slot), "].commitment"));
    }

    /// @dev An opening of slot 1 in which a word holds more than its lanes.
    function malformed() internal view returns (IFederatedRounds.Opening memory) {
        return _opening(".malformed");
    }

    function malformedCommitment() internal view returns (uint256) {
        return vm.parseJsonUint(fixtures, ".malformed.commitment");
    }

    function _opening(string memory path) internal view returns (IFederatedRounds.Opening memory opened) {
        opened.salt = vm.parseJsonUint(fixtures, string.concat(path, ".salt"));
        opened.words = vm.parseJsonUintArray(fixtures, string.concat(path, ".words"));
    }

    /// @dev A proof of the fixtures, and the weights that it leads to.
    function proven(string memory name) internal view returns (uint256 next, uint256[8] memory proof) {
        next = vm.parseJsonUint(fixtures, string.concat(".", name, ".next"));
        proof = fixtures.proofAt(string.concat(".", name));
    }

    function join() internal {
        for (uint256 slot; slot < MEMBERS; ++slot) {
            vm.prank(member(slot));
            rounds.join{value: STAKE}();
        }
    }

    function open() internal returns (uint256) {
        vm.prank(coordinator);
        return rounds.openRound{value: BOND + REWARD}();
    }

    function commit(uint256 slot, uint256 commitment_) internal {
        vm.prank(member(slot));
        rounds.commitUpdate(0, commitment_);
    }

    /// @dev Round 0 in its hand-over period: the first so many members have committed.
    function start(uint256 count) internal {
        join();
        open();
        for (uint256 slot; slot < count; ++slot) {
            commit(slot, commitment(slot));
        }
        vm.warp(COMMIT_END + 1);
    }

    /// @dev The same, with a malformed update in slot 1.
    function startMalformed() internal {
        join();
        open();
        commit(0, commitment(0));
        commit(1, malformedCommitment());
        vm.warp(COMMIT_END + 1);
    }

    function acknowledge(uint16 slots) internal {
        vm.prank(coordinator);
        rounds.acknowledge(0, slots);
    }

    function settle(string memory name) internal {
        (uint256 next, uint256[8] memory proof) = proven(name);
        rounds.settle(0, next, proof);
    }

    function expectRefused(bytes4 reason, string memory name) internal {
        (uint256 next, uint256[8] memory proof) = proven(name);
        vm.expectPartialRevert(reason);
        rounds.settle(0, next, proof);
    }

    function signed(uint256 key_, IFederatedRounds.Opening memory opened, uint256 commitment_)
        internal
        view
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key_, rounds.handoverHash(0, commitment_, opened));
        return abi.encodePacked(r, s, v);
    }

    function assertStatus(IFederatedRounds.Status expected) internal view {
        assertEq(uint256(rounds.getRound(0).status), uint256(expected), "status");
    }

    function assertCredits(uint256 first, uint256 second, uint256 third, uint256 ofCoordinator) internal view {
        assertEq(rounds.creditOf(member(0)), first, "first member's credit");
        assertEq(rounds.creditOf(member(1)), second, "second member's credit");
        assertEq(rounds.creditOf(member(2)), third, "third member's credit");
        assertEq(rounds.creditOf(coordinator), ofCoordinator, "coordinator's credit");
    }
}
