// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceCallback} from "../../src/interfaces/IInferenceCallback.sol";
import {IInferenceOracle} from "../../src/interfaces/IInferenceOracle.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";

/// @title An oracle that answers what a test tells it, without proofs, and keeps money as the real one does
contract OracleDouble {
    IModelRegistry public immutable registry;
    uint256 public requestCount;
    mapping(address account => uint256) public creditOf;
    mapping(uint256 requestId => IInferenceOracle.Request) private _requests;
    mapping(uint256 requestId => uint256[]) private _inputs;

    constructor(IModelRegistry registry_) {
        registry = registry_;
    }

    function requestInference(IInferenceOracle.Question calldata question)
        external
        payable
        returns (uint256 requestId)
    {
        if (question.deadline < block.timestamp) revert IInferenceOracle.DeadlineInvalid(question.deadline);
        requestId = requestCount++;
        IInferenceOracle.Request storage request = _requests[requestId];
        (request.asker, request.deadline) = (msg.sender, question.deadline);
        (request.callbackGas, request.maxFee) = (question.callbackGas, uint96(msg.value));
        (request.status, request.version) = (IInferenceOracle.Status.Open, question.version);
        request.modelId = uint96(question.modelId);
        _inputs[requestId] = question.input;
    }

    /// @dev Answers with a score, and pays a prover. Only deadline and status are looked at.
    function answer(uint256 requestId, int32 score, address payee, uint96 fee) external {
        uint256[] memory statement = new uint256[](3);
        (statement[0], statement[1]) = (_inputs[requestId][0], uint32(score));
        deliver(requestId, statement, payee, fee);
    }

    function deliver(uint256 requestId, uint256[] memory statement, address payee, uint96 fee) public {
        IInferenceOracle.Request storage request = _requests[requestId];
        if (request.status != IInferenceOracle.Status.Open || block.timestamp > request.deadline) {
            revert IInferenceOracle.FulfilmentRefused(requestId, IInferenceOracle.Outcome.RequestNotOpen);
        }
        request.status = IInferenceOracle.Status.Fulfilled;
        creditOf[payee] += fee;
        creditOf[request.asker] += request.maxFee - fee;
        callBack(requestId, statement, request.callbackGas);
    }

    /// @dev The bare callback, at any time and with any gas.
    function callBack(uint256 requestId, uint256[] memory statement, uint256 gas) public {
        IInferenceOracle.Request storage request = _requests[requestId];
        try IInferenceCallback(request.asker).onInference{gas: gas}(requestId, statement) {}
        catch {
            request.status = IInferenceOracle.Status.Undelivered;
        }
    }

    function refund(uint256 requestId) external {
        IInferenceOracle.Request storage request = _requests[requestId];
        bool revoked =
            registry.infoOf(request.modelId, request.version).status == IModelRegistry.VersionStatus.Revoked;
        if (request.status != IInferenceOracle.Status.Open || (block.timestamp <= request.deadline && !revoked)) {
            revert IInferenceOracle.NotRefundable(requestId);
        }
        request.status = IInferenceOracle.Status.Refunded;
        creditOf[request.asker] += request.maxFee;
    }

    function withdraw(address to) external returns (uint256 amount) {
        amount = creditOf[msg.sender];
        creditOf[msg.sender] = 0;
        (bool sent,) = to.call{value: amount}("");
        require(sent, "withdraw");
    }

    function getRequest(uint256 requestId) external view returns (IInferenceOracle.Request memory) {
        return _requests[requestId];
    }
}
