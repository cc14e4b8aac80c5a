// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {Asker, RevertingAsker} from "./utils/Askers.sol";
import {OracleDeployed} from "./utils/OracleDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title What the oracle costs, as transactions of their own
/// @notice Compared with snapshots/oracle.json. The prover has withdrawn before, so that its credit is a fresh slot.
/// forge-config: default.isolate = true
contract OracleGasTest is OracleDeployed {
    function test_requestAndFulfil() public {
        ask(2);
        vm.snapshotGasLastCall("oracle", "requestInference");
        oracle.fulfil(answer(0));
        oracle.fulfil(answer(1));
        uint256 gas = vm.snapshotGasLastCall("oracle", "fulfil");
        assertTrue(gas <= 300_000, "an answer costs at most 300,000 gas");
        vm.prank(prover);
        oracle.withdraw(prover);
        vm.snapshotGasLastCall("oracle", "withdraw");
    }

    function test_fulfilForTheFirstTime() public {
        ask(1);
        oracle.fulfil(answer(0));
        vm.snapshotGasLastCall("oracle", "fulfil, first credit of the payee");
    }

    function test_fulfilWithCallback() public {
        Asker good = new Asker{value: 1 ether}(oracle);
        IInferenceOracle.Question memory asked = question(0);
        asked.callbackGas = 100_000;
        good.ask(asked, FEE);
        oracle.fulfil(answer(0));
        vm.snapshotGasLastCall("oracle", "fulfil with a callback of three stores");
    }

    function test_redeliver() public {
        RevertingAsker late = new RevertingAsker{value: 1 ether}(oracle);
        IInferenceOracle.Question memory asked = question(0);
        asked.callbackGas = 100_000;
        late.ask(asked, FEE);
        oracle.fulfil(answer(0));
        vm.snapshotGasLastCall("oracle", "fulfil with a callback that reverts");
        late.setWilling(true);
        uint256[] memory statement = answer(0).statement;
        oracle.redeliver(0, statement);
        vm.snapshotGasLastCall("oracle", "redeliver");
    }

    function test_fulfilEach() public {
        ask(9);
        oracle.fulfil(answer(8));
        IInferenceOracle.Fulfilment[] memory batch = answers(8);
        oracle.fulfilEach(MODEL, 1, batch);
        uint256 gas = vm.snapshotGasLastCall("oracle", "fulfilEach of 8");
        vm.snapshotValue("oracle", "fulfilEach of 8, each", gas / 8);
    }

    function test_fulfilEachWithABadElement() public {
        ask(9);
        oracle.fulfil(answer(8));
        IInferenceOracle.Fulfilment[] memory batch = answers(8);
        batch[3].statement[1] ^= 1;
        oracle.fulfilEach(MODEL, 1, batch);
        vm.snapshotGasLastCall("oracle", "fulfilEach of 8, one of them bad");
    }

    function test_refund() public {
        ask(2);
        vm.warp(block.timestamp + 1 hours + 1);
        oracle.refund(0);
        oracle.refund(1);
        vm.snapshotGasLastCall("oracle", "refund");
    }
}
