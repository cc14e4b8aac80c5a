// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ProverPool} from "../../src/ProverPool.sol";
import {IProverPool} from "../../src/interfaces/IProverPool.sol";
import {Fixtures} from "./Fixtures.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title A pool at the address for which the proofs in pool.json are made
/// @notice The prover and a rival have ten ether at stake each.
abstract contract Pooled is VerifierDeployed {
    using Fixtures for string;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/pool.json");
    address internal prover = vm.parseJsonAddress(fixtures, ".prover");
    address internal rival = vm.parseJsonAddress(fixtures, ".rival");
    bytes internal key = vm.parseJsonBytes(fixtures, ".key");
    address internal constant asker = address(0xa5ce2);
    address internal constant patron = address(0x9a7207);
    uint96 internal constant FEE = 1 ether;
    uint96 internal constant BOND = 3 ether;
    uint32 internal constant WINDOW = 10 minutes;
    uint256 internal constant EPOCH = 1 days;
    uint256 internal constant UNBONDING = 7 days;

    ProverPool internal pool;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        deployVerifier();
        publish(deployer, key, 1, 2);
        startDeployment(3);
        pool = new ProverPool(verifier, EPOCH, UNBONDING);
        vm.stopPrank();
        assertEq(address(pool), vm.parseJsonAddress(fixtures, ".pool"), "pool's address");
        vm.deal(asker, 100 ether);
        vm.deal(patron, 100 ether);
        putUp(prover);
        putUp(rival);
    }

    function putUp(address who) private {
        vm.deal(who, 10 ether);
        vm.prank(who);
        pool.stake{value: 10 ether}();
    }

    function proofOf(string memory group, uint256 index)
        internal
        view
        returns (uint256[8] memory proof, uint256[] memory statement)
    {
        string memory path = Fixtures.element(group, index);
        return (fixtures.proofAt(path), fixtures.statementAt(path));
    }

    /// @dev What request `index` asks, which the fixture's answers are about.
    function question(uint256 index) internal view returns (IProverPool.Question memory asked) {
        (, uint256[] memory statement) = proofOf("prover", index);
        asked.modelId = MODEL;
        asked.version = 1;
        (asked.bond, asked.window, asked.deadline) = (BOND, WINDOW, uint48(block.timestamp + 1 hours));
        asked.input = new uint256[](1);
        asked.input[0] = statement[0];
    }

    function ask(uint256 index) internal returns (uint256) {
        IProverPool.Question memory asked = question(index);
        vm.prank(asker);
        return pool.request{value: FEE}(asked);
    }

    function take(address by, uint256 requestId) internal {
        vm.prank(by);
        pool.take(requestId);
    }

    function answer(uint256 requestId, address payee, string memory group, uint256 index) internal {
        (uint256[8] memory proof, uint256[] memory statement) = proofOf(group, index);
        pool.answer(requestId, payee, proof, statement);
    }

    function sponsor(uint256 amount) internal {
        uint256 epoch = pool.currentEpoch();
        vm.prank(patron);
        pool.sponsor{value: amount}(asker, epoch);
    }

    function nextEpoch() internal returns (uint256 ended) {
        ended = pool.currentEpoch();
        vm.warp((ended + 1) * EPOCH);
    }

    function assertStatus(uint256 requestId, IProverPool.Status expected) internal view {
        assertEq(uint256(pool.getRequest(requestId).status), uint256(expected), "status");
    }

    function assertStake(address who, uint256 free, uint256 bonded, uint256 unbonding) internal view {
        IProverPool.Stake memory held = pool.stakeOf(who);
        assertEq(held.free, free, "free");
        assertEq(held.bonded, bonded, "bonded");
        assertEq(held.unbonding, unbonding, "unbonding");
    }
}
