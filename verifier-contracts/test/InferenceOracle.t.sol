// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Asker} from "./utils/Askers.sol";
import {OracleDeployed} from "./utils/OracleDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title A request is asked, answered or refunded, and everybody gets what is theirs
contract InferenceOracleTest is OracleDeployed {
    function test_answersAndPays() public {
        ask(1);
        assertEq(address(oracle).balance, FEE, "escrowed");
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        vm.expectEmit(address(oracle));
        emit IInferenceOracle.InferenceFulfilled(0, prover, FEE, 0, fulfilment.statement);
        oracle.fulfil(fulfilment);
        assertStatus(0, IInferenceOracle.Status.Fulfilled);
        assertCredits(FEE, 0);
        vm.prank(prover);
        assertEq(oracle.withdraw(rival), FEE, "withdrawn");
        assertEq(rival.balance, FEE, "sent where the prover said");
        assertEq(address(oracle).balance, 0, "nothing is left");
    }

    function test_whatTheProverDoesNotAskForGoesBack() public {
        ask(1);
        oracle.fulfil(fixture("rival", 0));
        assertEq(oracle.creditOf(rival), 4 * FEE / 10, "what it asked for");
        assertEq(oracle.creditOf(asker), 6 * FEE / 10, "the rest");
    }

    function test_announcesTheRequest() public {
        IInferenceOracle.Question memory asked = question(0);
        (asked.callbackGas, asked.data) = (7, "salt");
        vm.expectEmit(address(oracle));
        emit IInferenceOracle.InferenceRequested(
            0, MODEL, asker, 1, FEE, asked.deadline, 7, 0, asked.input, asked.data
        );
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        IInferenceOracle.Request memory request = oracle.getRequest(0);
        assertEq(request.asker, asker, "asker");
        assertEq(request.maxFee, FEE, "fee");
        assertEq(request.inputSignals, 1, "input signals");
        assertEq(request.contentHash, keccak256(abi.encode(asked.input[0])), "input's hash");
        assertEq(oracle.requestCount(), 1, "count");
    }

    function test_knowsItsVerifierAndRegistry() public view {
        assertEq(address(oracle.verifier()), address(verifier), "verifier");
        assertEq(address(oracle.registry()), address(registry), "registry");
    }

    function test_tellsTheAnswerToWhoAskedWithoutCallback() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        assertFalse(oracle.isAnswer(0, fulfilment.statement), "not yet");
        uint256[] memory input = question(0).input;
        assertFalse(oracle.isAnswer(0, input), "the question is no answer");
        oracle.fulfil(fulfilment);
        assertTrue(oracle.isAnswer(0, fulfilment.statement), "answer");
        fulfilment.statement[1] += 1;
        assertFalse(oracle.isAnswer(0, fulfilment.statement), "another answer");
    }

    function test_callsBackWithAllThatItPromised() public {
        Asker contractAsker = new Asker{value: 1 ether}(oracle);
        IInferenceOracle.Question memory asked = question(0);
        asked.callbackGas = 200_000;
        contractAsker.ask(asked, FEE);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        oracle.fulfil(fulfilment);
        assertEq(contractAsker.deliveries(), 1, "delivered");
        assertEq(contractAsker.answerHash(), keccak256(abi.encodePacked(fulfilment.statement)), "the answer");
        uint256 given = contractAsker.gasGiven();
        assertTrue(given > 199_000 && given <= 200_000, "the gas");
    }

    function test_accountsWithoutCodeNeedNoCallback() public {
        IInferenceOracle.Question memory asked = question(0);
        asked.callbackGas = 100_000;
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        oracle.fulfil(answer(0));
        assertStatus(0, IInferenceOracle.Status.Fulfilled);
    }

    function test_takesTheCurrentVersionWhereNoneIsNamed() public {
        vm.prank(deployer);
        registry.publishVersion(MODEL, commitmentTo(otherKey), developmentTerms(), otherKey);
        IInferenceOracle.Question memory asked = question(0);
        asked.version = 0;
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        assertEq(oracle.getRequest(0).version, 2, "pinned");
    }

    function test_deprecatedVersionsServeThoseThatPinThem() public {
        ask(1);
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        oracle.fulfil(answer(0));
        IInferenceOracle.Question memory asked = question(1);
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        oracle.fulfil(answer(1));
        assertCredits(2 * FEE, 0);
        asked.version = 0;
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.VersionNotUsable.selector, MODEL, uint32(1)));
        oracle.requestInference(asked);
    }

    function test_refusesQuestionsThatNobodyCanAnswer() public {
        IInferenceOracle.Question memory asked = question(0);
        asked.version = 2;
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.VersionNotUsable.selector, MODEL, uint32(2)));
        oracle.requestInference(asked);
        asked.modelId = 9;
        asked.version = 0;
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.VersionNotUsable.selector, 9, uint32(0)));
        oracle.requestInference(asked);

        asked = question(0);
        asked.input = new uint256[](2);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.InputLengthWrong.selector, 1, 2));
        oracle.requestInference(asked);

        asked = question(0);
        asked.deadline = uint48(block.timestamp - 1);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.DeadlineInvalid.selector, asked.deadline));
        oracle.requestInference(asked);
        asked.deadline = uint48(block.timestamp + 365 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.DeadlineInvalid.selector, asked.deadline));
        oracle.requestInference(asked);
    }

    function test_refusesNumbersThatDoNotFit() public {
        IInferenceOracle.Question memory asked = question(0);
        vm.deal(address(this), 1 << 96);
        vm.expectRevert(IInferenceOracle.ValueTooLarge.selector);
        oracle.requestInference{value: 1 << 96}(asked);
        asked.callbackGas = 5_000_001;
        vm.expectRevert(IInferenceOracle.ValueTooLarge.selector);
        oracle.requestInference(asked);
        asked = question(0);
        asked.modelId += 1 << 96; // would be model 1 if it was cut off
        vm.expectRevert(IInferenceOracle.ValueTooLarge.selector);
        oracle.requestInference(asked);
    }

    function test_refundsAfterTheDeadline() public {
        ask(1);
        vm.warp(oracle.getRequest(0).deadline + 1);
        vm.expectEmit(address(oracle));
        emit IInferenceOracle.InferenceRefunded(0, FEE);
        oracle.refund(0);
        assertStatus(0, IInferenceOracle.Status.Refunded);
        assertCredits(0, FEE);
        vm.prank(asker);
        oracle.withdraw(asker);
        assertEq(asker.balance, 100 ether, "all is back");
    }

    function test_answersInTheLastSecond() public {
        ask(1);
        vm.warp(oracle.getRequest(0).deadline);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.NotRefundable.selector, 0));
        oracle.refund(0);
        oracle.fulfil(answer(0));
        assertCredits(FEE, 0);
    }

    function test_withdrawsWhatThereIs() public {
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, prover));
        vm.prank(prover);
        oracle.withdraw(prover);
    }

    function test_takesNoMoneyWithoutARequest() public {
        (bool success,) = address(oracle).call{value: 1}("");
        assertFalse(success, "no way in but a request");
    }
}
