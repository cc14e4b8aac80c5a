// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ProvenDigit} from "../../src/ProvenDigit.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {Fixtures} from "./Fixtures.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title The contracts at the addresses for which the fixtures' proofs are made
abstract contract Deployed is VerifierDeployed {
    using Fixtures for string;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/proofs.json");
    address internal consumer = vm.parseJsonAddress(fixtures, ".consumer");
    bytes internal modelKey = vm.parseJsonBytes(fixtures, ".keys.model");
    bytes internal otherKey = vm.parseJsonBytes(fixtures, ".keys.otherModel");
    bytes internal untouchedKey = vm.parseJsonBytes(fixtures, ".keys.untouched");

    ProvenDigit internal provenDigit;
    uint256 internal constant OTHER_MODEL = 2;

    function setUp() public virtual {
        deployVerifier();
        publish(deployer, modelKey, 1, 2);
        startDeployment(3);
        provenDigit = new ProvenDigit(verifier, MODEL, 1);
        vm.stopPrank();
        publish(deployer, otherKey, 1, 2);
        assertEq(address(verifier), vm.parseJsonAddress(fixtures, ".verifier"), "verifier's address");
        assertEq(address(provenDigit), vm.parseJsonAddress(fixtures, ".provenDigit"), "consumer's address");
    }

    /// @dev A proof of the fixtures: `group` is one of those that make-fixtures writes.
    function fixture(string memory group, uint256 index) internal view returns (IInferenceVerifier.Inference memory) {
        return fixtures.inferenceAt(Fixtures.element(group, index));
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
