// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceVerifier} from "../../src/InferenceVerifier.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {ProvenDigit} from "../../src/ProvenDigit.sol";
import {IERCZKMLRegistry} from "../../src/interfaces/IERCZKMLRegistry.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Assertions} from "./Assertions.sol";
import {vm} from "./Vm.sol";

/// @title The contracts at the addresses for which the fixtures' proofs are made
abstract contract Deployed is Assertions {
    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/proofs.json");
    address internal deployer = vm.parseJsonAddress(fixtures, ".deployer");
    address internal consumer = vm.parseJsonAddress(fixtures, ".consumer");
    bytes internal modelKey = vm.parseJsonBytes(fixtures, ".keys.model");
    bytes internal otherKey = vm.parseJsonBytes(fixtures, ".keys.otherModel");
    bytes internal untouchedKey = vm.parseJsonBytes(fixtures, ".keys.untouched");

    ModelRegistry internal registry;
    InferenceVerifier internal verifier;
    ProvenDigit internal provenDigit;
    uint256 internal constant MODEL = 1;
    uint256 internal constant OTHER_MODEL = 2;

    function setUp() public virtual {
        vm.setNonce(deployer, 0);
        vm.startPrank(deployer);
        registry = new ModelRegistry();
        vm.stopPrank();
        vm.setNonce(deployer, 1);
        vm.startPrank(deployer);
        verifier = new InferenceVerifier(registry);
        vm.stopPrank();
        vm.prank(deployer);
        registry.publishModel(commitmentTo(modelKey), developmentTerms(), modelKey);
        vm.setNonce(deployer, 3);
        vm.startPrank(deployer);
        provenDigit = new ProvenDigit(verifier, MODEL, 1);
        vm.stopPrank();
        vm.prank(deployer);
        registry.publishModel(commitmentTo(otherKey), developmentTerms(), otherKey);
        assertEq(address(verifier), vm.parseJsonAddress(fixtures, ".verifier"), "verifier's address");
        assertEq(address(provenDigit), vm.parseJsonAddress(fixtures, ".provenDigit"), "consumer's address");
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

    /// @dev A proof of the fixtures: `group` is one of those that make-fixtures writes.
    function fixture(string memory group, uint256 index)
        internal
        view
        returns (IInferenceVerifier.Inference memory inference)
    {
        string memory path = string.concat(".proofs.", group, "[", vm.toString(index), "]");
        uint256[] memory proof = vm.parseJsonUintArray(fixtures, string.concat(path, ".proof"));
        for (uint256 i; i < 8; ++i) {
            inference.proof[i] = proof[i];
        }
        inference.statement = vm.parseJsonUintArray(fixtures, string.concat(path, ".statement"));
        inference.requester = vm.parseJsonAddress(fixtures, string.concat(path, ".requester"));
        inference.nonce = vm.parseJsonUint(fixtures, string.concat(path, ".nonce"));
    }

    /// @dev Proofs of the consumer for nonces from `from` on.
    function fixtureBatch(uint256 from, uint256 count)
        internal
        view
        returns (IInferenceVerifier.Inference[] memory inferences)
    {
        inferences = new IInferenceVerifier.Inference[](count);
        for (uint256 i; i < count; ++i) {
            inferences[i] = fixture("consumer", from + i);
        }
    }

    /// @dev An inference as ERC-7992's functions take it.
    function standardParts(IInferenceVerifier.Inference memory inference)
        internal
        pure
        returns (bytes32 inputCommitment, bytes memory output, bytes memory proof)
    {
        inputCommitment = bytes32(inference.statement[0]);
        output = abi.encode(inference.statement[1], inference.statement[2]);
        proof = abi.encode(inference.proof, inference.requester, inference.nonce);
    }
}
