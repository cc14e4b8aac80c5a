// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {AIOracleReceiver} from "../src/receivers/AIOracleReceiver.sol";
import {FunctionsReceiver} from "../src/receivers/FunctionsReceiver.sol";
import {InferenceReceiver} from "../src/receivers/InferenceReceiver.sol";
import {OracleDeployed} from "./utils/OracleDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title A contract as it would be written for ORA's oracle
contract AIOracleClient is AIOracleReceiver {
    uint256 public lastId;
    bytes public lastOutput;
    bytes public lastData;

    constructor(IInferenceOracle oracle_) payable InferenceReceiver(oracle_) {}

    function ask(IInferenceOracle.Question calldata question, uint256 fee, bytes calldata data) external {
        _requestCallback(question, fee, data);
    }

    function aiOracleCallback(uint256 requestId, bytes memory output, bytes memory callbackData) internal override {
        (lastId, lastOutput, lastData) = (requestId, output, callbackData);
    }
}

/// @title A contract as it would be written for Chainlink Functions
contract FunctionsClient is FunctionsReceiver {
    bytes32 public lastId;
    bytes public lastResponse;
    uint256 public errors;

    constructor(IInferenceOracle oracle_) payable InferenceReceiver(oracle_) {}

    function ask(IInferenceOracle.Question calldata question, uint256 fee) external returns (bytes32) {
        return _sendRequest(question, fee);
    }

    function handleOracleFulfillment(bytes32 requestId, bytes memory response, bytes memory err) internal override {
        (lastId, lastResponse) = (requestId, response);
        if (err.length != 0) errors++;
    }
}

/// @title The bases hand on what the oracle delivers, and nothing else
contract InferenceReceiversTest is OracleDeployed {
    function test_deliversInTheShapeOfAnAIOracle() public {
        AIOracleClient client = new AIOracleClient{value: 1 ether}(oracle);
        ask(1);
        client.ask(_question(1), FEE, "what for");
        IInferenceOracle.Fulfilment memory fulfilment = answer(1);
        oracle.fulfil(fulfilment);
        assertStatus(1, IInferenceOracle.Status.Fulfilled);
        assertEq(client.lastId(), 1, "request");
        assertEq(client.lastOutput(), abi.encode(fulfilment.statement[1], fulfilment.statement[2]), "outputs");
        assertEq(client.lastData(), "what for", "data");
    }

    function test_deliversInTheShapeOfFunctions() public {
        FunctionsClient client = new FunctionsClient{value: 1 ether}(oracle);
        ask(1);
        assertEq(client.ask(_question(1), FEE), bytes32(uint256(1)), "request");
        IInferenceOracle.Fulfilment memory fulfilment = answer(1);
        oracle.fulfil(fulfilment);
        assertStatus(1, IInferenceOracle.Status.Fulfilled);
        assertEq(client.lastId(), bytes32(uint256(1)), "request");
        assertEq(client.lastResponse(), abi.encode(fulfilment.statement[1], fulfilment.statement[2]), "outputs");
        assertEq(client.errors(), 0, "no error");
    }

    function test_takesAnswersFromTheOracleAlone() public {
        InferenceReceiver[2] memory clients =
            [InferenceReceiver(new AIOracleClient(oracle)), InferenceReceiver(new FunctionsClient(oracle))];
        uint256[] memory statement = answer(0).statement;
        for (uint256 i; i < clients.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(InferenceReceiver.NotOracle.selector, rival));
            vm.prank(rival);
            clients[i].onInference(0, statement);
        }
    }

    function _question(uint256 index) private view returns (IInferenceOracle.Question memory asked) {
        asked = question(index);
        asked.callbackGas = 400_000;
    }
}
