// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceOracle} from "../../src/InferenceOracle.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {IInferenceOracle} from "../../src/interfaces/IInferenceOracle.sol";
import {Fixtures} from "./Fixtures.sol";
import {RoyaltyRegistry} from "./RoyaltyRegistry.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title An oracle at the address for which the proofs in oracle.json are made
/// @notice Answer i is about an input of its own and made for request i, the prover and the fee; so the i-th request of
///         a test asks question i.
abstract contract OracleDeployed is VerifierDeployed {
    using Fixtures for string;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/oracle.json");
    address internal prover = vm.parseJsonAddress(fixtures, ".prover");
    address internal rival = vm.parseJsonAddress(fixtures, ".rival");
    bytes internal modelKey = vm.parseJsonBytes(fixtures, ".keys.model");
    bytes internal otherKey = vm.parseJsonBytes(fixtures, ".keys.otherModel");
    address internal constant asker = address(0xa5ce2);

    uint96 internal constant FEE = 1e15;

    InferenceOracle internal oracle;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        vm.deal(asker, 100 ether);
        deployVerifier();
        publish(deployer, modelKey, 1, 2);
        startDeployment(3);
        oracle = new InferenceOracle(verifier);
        vm.stopPrank();
        assertEq(address(oracle), vm.parseJsonAddress(fixtures, ".oracle"), "oracle's address");
    }

    /// @dev A proof of the fixtures: `group` is one of those that oracle-fixtures writes.
    function fixture(string memory group, uint256 index)
        internal
        view
        returns (IInferenceOracle.Fulfilment memory fulfilment)
    {
        string memory path = Fixtures.element(group, index);
        (fulfilment.proof, fulfilment.statement) = (fixtures.proofAt(path), fixtures.statementAt(path));
        fulfilment.requestId = vm.parseJsonUint(fixtures, string.concat(path, ".requestId"));
        fulfilment.payee = vm.parseJsonAddress(fixtures, string.concat(path, ".payee"));
        fulfilment.fee = uint96(vm.parseJsonUint(fixtures, string.concat(path, ".fee")));
    }

    /// @dev The answer to request `index`.
    function answer(uint256 index) internal view returns (IInferenceOracle.Fulfilment memory) {
        return fixture("answers", index);
    }

    function answers(uint256 count) internal view returns (IInferenceOracle.Fulfilment[] memory batch) {
        batch = new IInferenceOracle.Fulfilment[](count);
        for (uint256 i; i < count; ++i) {
            batch[i] = answer(i);
        }
    }

    /// @dev What request `index` asks: open for an hour, without callback.
    function question(uint256 index) internal view returns (IInferenceOracle.Question memory asked) {
        asked.modelId = MODEL;
        asked.version = 1;
        asked.deadline = uint48(block.timestamp + 1 hours);
        asked.input = new uint256[](1);
        asked.input[0] = answer(index).statement[0];
    }

    /// @dev Asks questions 0 to `count` - 1.
    function ask(uint256 count) internal {
        for (uint256 i; i < count; ++i) {
            IInferenceOracle.Question memory asked = question(i);
            vm.prank(asker);
            assertEq(oracle.requestInference{value: FEE}(asked), i, "request id");
        }
    }

    function statusOf(uint256 requestId) internal view returns (IInferenceOracle.Status) {
        return oracle.getRequest(requestId).status;
    }

    function assertStatus(uint256 requestId, IInferenceOracle.Status expected) internal view {
        assertEq(uint256(statusOf(requestId)), uint256(expected), "status");
    }

    function assertCredits(uint256 ofProver, uint256 ofAsker) internal view {
        assertEq(oracle.creditOf(prover), ofProver, "prover's credit");
        assertEq(oracle.creditOf(asker), ofAsker, "asker's credit");
    }

    function expectRefusal(uint256 requestId, IInferenceOracle.Outcome reason) internal {
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.FulfilmentRefused.selector, requestId, reason));
    }
}

/// @title The same over a registry with royalties
abstract contract OracleWithRoyalties is OracleDeployed {
    function _newRegistry() internal override returns (ModelRegistry) {
        return new RoyaltyRegistry();
    }

    function royalties() internal view returns (RoyaltyRegistry) {
        return RoyaltyRegistry(address(registry));
    }
}
