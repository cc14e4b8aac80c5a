// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "../../src/interfaces/ICredits.sol";
import {IInferenceCallback} from "../../src/interfaces/IInferenceCallback.sol";
import {IInferenceOracle} from "../../src/interfaces/IInferenceOracle.sol";

/// @title A contract that asks, and takes its answers well
contract Asker is IInferenceCallback {
    IInferenceOracle internal immutable oracle;
    uint256 public deliveries;
    uint256 public gasGiven;
    bytes32 public answerHash;

    constructor(IInferenceOracle oracle_) payable {
        oracle = oracle_;
    }

    function ask(IInferenceOracle.Question calldata question, uint256 fee) external returns (uint256) {
        return oracle.requestInference{value: fee}(question);
    }

    function withdraw(address to) external {
        oracle.withdraw(to);
    }

    function onInference(uint256 requestId, uint256[] calldata statement) external {
        gasGiven = gasleft();
        require(msg.sender == address(oracle), "not the oracle");
        deliveries++;
        answerHash = keccak256(abi.encodePacked(statement));
        _act(requestId, statement);
    }

    function _act(uint256 requestId, uint256[] calldata statement) internal virtual {}

    receive() external payable virtual {}
}

/// @title Fails unless it is told not to
contract RevertingAsker is Asker {
    bool private _willing;

    constructor(IInferenceOracle oracle_) payable Asker(oracle_) {}

    function setWilling(bool willing) external {
        _willing = willing;
    }

    function _act(uint256, uint256[] calldata) internal view override {
        require(_willing, "unwilling");
    }
}

/// @title Burns whatever gas it gets
contract GasEatingAsker is Asker {
    constructor(IInferenceOracle oracle_) payable Asker(oracle_) {}

    function _act(uint256, uint256[] calldata) internal pure override {
        while (true) {}
    }
}

/// @title Reverts with as much data as its gas buys
contract BombingAsker is Asker {
    constructor(IInferenceOracle oracle_) payable Asker(oracle_) {}

    function _act(uint256, uint256[] calldata) internal pure override {
        assembly {
            revert(0, 1000000)
        }
    }
}

/// @title Tries everything with its closed request, and once more takes its money
contract ReentrantAsker is Asker {
    IInferenceOracle.Fulfilment private _answer;
    uint256 public successes;
    uint256 public withdrawals;

    constructor(IInferenceOracle oracle_) payable Asker(oracle_) {}

    function prepare(IInferenceOracle.Fulfilment calldata answer) external {
        _answer = answer;
    }

    function _act(uint256 requestId, uint256[] calldata statement) internal override {
        _try(abi.encodeCall(IInferenceOracle.refund, (requestId)));
        _try(abi.encodeCall(IInferenceOracle.redeliver, (requestId, statement)));
        _try(abi.encodeCall(IInferenceOracle.fulfil, (_answer)));
        IInferenceOracle.Fulfilment[] memory batch = new IInferenceOracle.Fulfilment[](1);
        batch[0] = _answer;
        require(oracle.fulfilEach(1, 1, batch)[0] == IInferenceOracle.Outcome.RequestNotOpen, "answered once more");
        if (oracle.creditOf(address(this)) != 0) oracle.withdraw(address(this));
    }

    function _try(bytes memory data) private {
        (bool success,) = address(oracle).call(data);
        if (success) successes++;
    }

    receive() external payable override {
        withdrawals++;
        _try(abi.encodeCall(ICredits.withdraw, (address(this))));
    }
}
