// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Deployed} from "./utils/Deployed.sol";
import {Points} from "./utils/Points.sol";
import {vm} from "./utils/Vm.sol";

/// @title What everything costs, as transactions of their own
/// @notice `isolate` runs each outer call as a transaction: cold storage, 21,000 gas, and calldata are counted.
///         The figures are compared with snapshots/gas.json.
/// forge-config: default.isolate = true
contract GasTest is Deployed {
    using Points for bytes;

    uint256 private _used;

    function test_consumeFirstOfSlot() public {
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        vm.prank(consumer);
        verifier.consume(MODEL, 1, inference);
        vm.snapshotGasLastCall("gas", "consume, first nonce of 256");
    }

    function test_consume() public {
        IInferenceVerifier.Inference memory first = fixture("consumer", 0);
        IInferenceVerifier.Inference memory inference = fixture("consumer", 1);
        vm.prank(consumer);
        verifier.consume(MODEL, 1, first);
        vm.prank(consumer);
        verifier.consume(MODEL, 1, inference);
        uint256 gas = vm.snapshotGasLastCall("gas", "consume");
        assertTrue(gas <= 260_000, "a single accepted inference costs at most 260,000 gas");
    }

    function test_consumeBatches() public {
        _consumeBatch(2);
        _consumeBatch(8);
        assertTrue(_consumeBatch(16) <= 85_000, "in a batch of 16");
    }

    function test_consumeBatch32() public {
        assertTrue(_consumeBatch(32) <= 75_000, "an inference in a batch of 32 costs at most 75,000 gas");
    }

    function test_consumeEach() public {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, 4);
        batch[1].proof[2] ^= 1; // an invalid point burns what the precompile is given
        vm.prank(consumer);
        verifier.consumeEach(MODEL, 1, batch);
        vm.snapshotGasLastCall("gas", "consumeEach of 4, one with an invalid point");
    }

    function test_invalidPoint() public {
        (bytes32 inputCommitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 0));
        proof[95] ^= 0x01;
        (bool accepted,) = address(verifier).call{gas: 20_000_000}(
            abi.encodeCall(verifier.verifyInference, (MODEL, inputCommitment, output, proof))
        );
        assertFalse(accepted, "invalid point");
        vm.snapshotGasLastCall("gas", "verifyInference, refused for an invalid point");
    }

    function test_registration() public {
        // another good key: two of its points changed places
        bytes memory key = modelKey.withCopy(512, 576, 64).withWord(512, modelKey.word(576));
        key = key.withWord(544, modelKey.word(608));
        registry.publishKey(key);
        vm.snapshotGasLastCall("gas", "publishKey of 4 signals");
        registry.registerModel(commitmentTo(key));
        vm.snapshotGasLastCall("gas", "registerModel");
        registry.updateModel(3, commitmentTo(otherKey));
        vm.snapshotGasLastCall("gas", "updateModel");
        registry.setVersionStatus(3, 1, IModelRegistry.VersionStatus.Revoked);
        vm.snapshotGasLastCall("gas", "setVersionStatus");
        registry.deprecateModel(3);
        vm.snapshotGasLastCall("gas", "deprecateModel");
    }

    /// @dev The slot of these nonces is in use already. Returns the gas of each element.
    function _consumeBatch(uint256 size) private returns (uint256 each) {
        string memory name = string.concat("consumeBatch of ", vm.toString(size));
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(_used + 1, size);
        IInferenceVerifier.Inference memory first = fixture("consumer", 0);
        if (_used == 0) {
            vm.prank(consumer);
            verifier.consume(MODEL, 1, first);
        }
        vm.prank(consumer);
        verifier.consumeBatch(MODEL, 1, batch);
        each = vm.snapshotGasLastCall("gas", name) / size;
        vm.snapshotValue("gas", string.concat(name, ", each"), each);
        _used += size;
    }

    function test_verifyInference() public {
        (bytes32 inputCommitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 0));
        verifier.verifyInference(MODEL, inputCommitment, output, proof);
        vm.snapshotGasLastCall("gas", "verifyInference");
        verifier.verifyAndStoreInference(MODEL, inputCommitment, output, proof);
        vm.snapshotGasLastCall("gas", "verifyAndStoreInference");
    }

    function test_provenDigit() public {
        IInferenceVerifier.Inference memory first = fixture("provenDigit", 0);
        IInferenceVerifier.Inference memory second = fixture("provenDigit", 1);
        provenDigit.request(0);
        provenDigit.request(bytes32(second.statement[0]));
        vm.snapshotGasLastCall("gas", "ProvenDigit.request");
        provenDigit.accept(first);
        provenDigit.accept(second);
        vm.snapshotGasLastCall("gas", "ProvenDigit.accept");
    }
}
