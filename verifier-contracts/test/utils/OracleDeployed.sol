// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceOracle} from "../../src/InferenceOracle.sol";
import {InferenceVerifier} from "../../src/InferenceVerifier.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {IERCZKMLRegistry} from "../../src/interfaces/IERCZKMLRegistry.sol";
import {IInferenceOracle} from "../../src/interfaces/IInferenceOracle.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Assertions} from "./Assertions.sol";
import {RoyaltyRegistry} from "./RoyaltyRegistry.sol";
import {vm} from "./Vm.sol";

/// @title An oracle at the address for which the proofs in oracle.json are made
/// @notice Answer i is about an input of its own and made for request i, the prover and the fee; so the i-th request of
///         a test asks question i.
abstract contract OracleDeployed is Assertions {
    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/oracle.json");
    address internal prover = vm.parseJsonAddress(fixtures, ".prover");
    address internal rival = vm.parseJsonAddress(fixtures, ".rival");
    bytes internal modelKey = vm.parseJsonBytes(fixtures, ".keys.model");
    bytes internal otherKey = vm.parseJsonBytes(fixtures, ".keys.otherModel");
    address internal constant deployer = 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266;
    address internal constant asker = address(0xa5ce2);

    uint256 internal constant MODEL = 1;
    uint96 internal constant FEE = 1e15;

    ModelRegistry internal registry;
    InferenceVerifier internal verifier;
    InferenceOracle internal oracle;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        vm.deal(asker, 100 ether);
        vm.setNonce(deployer, 0);
        vm.startPrank(deployer);
        registry = _newRegistry();
        vm.stopPrank();
        vm.setNonce(deployer, 1);
        vm.startPrank(deployer);
        verifier = new InferenceVerifier(registry);
        vm.stopPrank();
        vm.prank(deployer);
        registry.publishModel(commitmentTo(modelKey), developmentTerms(), modelKey);
        vm.setNonce(deployer, 3);
        vm.startPrank(deployer);
        oracle = new InferenceOracle(verifier);
        vm.stopPrank();
        assertEq(address(oracle), vm.parseJsonAddress(fixtures, ".oracle"), "oracle's address");
    }

    function _newRegistry() internal virtual returns (ModelRegistry) {
        return new ModelRegistry();
    }

    function commitmentTo(bytes memory key) internal pure returns (IERCZKMLRegistry.ModelCommitment memory) {
        return IERCZKMLRegistry.ModelCommitment({
            modelHash: keccak256("model"),
            circuitHash: keccak256("circuit"),
            vkHash: keccak256(key),
            proofSystemId: bytes4(keccak256("groth16-bn254-v1")),
            uri: "ipfs://model"
        });
    }

    function developmentTerms() internal pure returns (IModelRegistry.VersionTerms memory terms) {
        terms.inputSignals = 1;
        terms.outputSignals = 2;
    }

    /// @dev A proof of the fixtures: `group` is one of those that oracle-fixtures writes.
    function fixture(string memory group, uint256 index)
        internal
        view
        returns (IInferenceOracle.Fulfilment memory fulfilment)
    {
        string memory path = string.concat(".proofs.", group, "[", vm.toString(index), "]");
        uint256[] memory proof = vm.parseJsonUintArray(fixtures, string.concat(path, ".proof"));
        for (uint256 i; i < 8; ++i) {
            fulfilment.proof[i] = proof[i];
        }
        fulfilment.statement = vm.parseJsonUintArray(fixtures, string.concat(path, ".statement"));
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

    function setStatus(IModelRegistry.VersionStatus status) internal {
        vm.prank(deployer);
        registry.setVersionStatus(MODEL, 1, status);
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
