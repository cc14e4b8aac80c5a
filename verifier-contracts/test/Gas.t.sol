// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {Deployed} from "./utils/Deployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title What everything costs, as transactions of their own
/// @notice `isolate` runs each outer call as a transaction: cold storage, 21,000 gas, and calldata are counted.
///         The figures are compared with snapshots/gas.json.
/// forge-config: default.isolate = true
contract GasTest is Deployed {
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

    function test_consumeBatch32() public {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(1, 32);
        IInferenceVerifier.Inference memory first = fixture("consumer", 0);
        vm.prank(consumer);
        verifier.consume(MODEL, 1, first);
        vm.prank(consumer);
        verifier.consumeBatch(MODEL, 1, batch);
        uint256 gas = vm.snapshotGasLastCall("gas", "consumeBatch of 32");
        vm.snapshotValue("gas", "consumeBatch of 32, each", gas / 32);
        assertTrue(gas / 32 <= 75_000, "an inference in a batch of 32 costs at most 75,000 gas");
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
