// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {OracleDeployed} from "./utils/OracleDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Every way to be paid for what one did not do, and to be paid twice
contract OracleAttacksTest is OracleDeployed {
    function test_replayIsRefused() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        oracle.fulfil(fulfilment);
        expectRefusal(0, IInferenceOracle.Outcome.RequestNotOpen);
        oracle.fulfil(fulfilment);
        // re-randomised: (-A, -B, C)
        fulfilment.proof[1] = Bn254.Q - fulfilment.proof[1];
        fulfilment.proof[4] = Bn254.Q - fulfilment.proof[4];
        fulfilment.proof[5] = Bn254.Q - fulfilment.proof[5];
        expectRefusal(0, IInferenceOracle.Outcome.RequestNotOpen);
        oracle.fulfil(fulfilment);
        assertCredits(FEE, 0);
    }

    function test_copiedCalldataPaysItsMaker() public {
        ask(1);
        vm.prank(rival);
        oracle.fulfil(answer(0));
        assertCredits(FEE, 0);
        assertEq(oracle.creditOf(rival), 0, "copier");
    }

    function test_theLoserOfTheRaceGetsNothing() public {
        ask(1);
        oracle.fulfil(fixture("rival", 0));
        expectRefusal(0, IInferenceOracle.Outcome.RequestNotOpen);
        oracle.fulfil(answer(0));
        assertCredits(0, 6 * FEE / 10);
    }

    function test_anotherPayeeIsRefused() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        fulfilment.payee = rival;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(fulfilment);
    }

    function test_anotherFeeIsRefused() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        fulfilment.fee = FEE - 1;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(fulfilment);
        fulfilment = fixture("rival", 0);
        fulfilment.fee = FEE;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(fulfilment);
    }

    function test_aFeeAboveTheEscrowIsRefused() public {
        IInferenceOracle.Question memory asked = question(0);
        vm.prank(asker);
        oracle.requestInference{value: FEE - 1}(asked);
        expectRefusal(0, IInferenceOracle.Outcome.FeeTooHigh);
        oracle.fulfil(answer(0));
    }

    function test_anAnswerToAnotherRequestIsRefused() public {
        ask(1);
        IInferenceOracle.Question memory same = question(0);
        vm.prank(asker);
        oracle.requestInference{value: FEE}(same);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        fulfilment.requestId = 1;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(fulfilment);
    }

    function test_anAnswerAboutAnotherInputIsRefused() public {
        IInferenceOracle.Question memory asked = question(1);
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        expectRefusal(0, IInferenceOracle.Outcome.WrongInput);
        oracle.fulfil(answer(0));
    }

    function test_theInputPlusTheFieldsOrderIsRefused() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        fulfilment.statement[0] += Bn254.R;
        expectRefusal(0, IInferenceOracle.Outcome.WrongInput);
        oracle.fulfil(fulfilment);
        fulfilment = answer(0);
        fulfilment.statement[1] += Bn254.R;
        vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
        oracle.fulfil(fulfilment);
    }

    function test_anotherOutputIsRefused() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        fulfilment.statement[1] ^= 1;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(fulfilment);
    }

    function test_statementsOfAnotherLengthAreRefused() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        fulfilment.statement = new uint256[](0);
        expectRefusal(0, IInferenceOracle.Outcome.WrongInput);
        oracle.fulfil(fulfilment);
        fulfilment.statement = new uint256[](4);
        fulfilment.statement[0] = answer(0).statement[0];
        vm.expectRevert(IInferenceVerifier.StatementLengthWrong.selector);
        oracle.fulfil(fulfilment);
    }

    function test_proofsOfAnotherModelChainOrOracleAreRefused() public {
        ask(1);
        string[3] memory groups = ["otherModel", "otherChain", "otherOracle"];
        for (uint256 i; i < groups.length; ++i) {
            IInferenceOracle.Fulfilment memory fulfilment = fixture(groups[i], 0);
            vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
            oracle.fulfil(fulfilment);
        }
    }

    function test_aForkTakesNoAnswersOfTheOtherSide() public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        vm.chainId(1);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(fulfilment);
        oracle.fulfil(fixture("otherChain", 0));
    }

    /// @dev The owner's new version answers otherwise; what was asked of the old one stays with it.
    function test_aNewVersionChangesNothing() public {
        ask(1);
        vm.prank(deployer);
        registry.publishVersion(MODEL, commitmentTo(otherKey), developmentTerms(), otherKey);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        oracle.fulfil(fixture("otherModel", 0));
        oracle.fulfil(answer(0));
    }

    function test_aRevokedVersionIsRefundedAtOnce() public {
        ask(1);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, MODEL, uint32(1)));
        oracle.fulfil(answer(0));
        oracle.refund(0);
        assertCredits(0, FEE);
        IInferenceOracle.Question memory asked = question(1);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.VersionNotUsable.selector, MODEL, uint32(1)));
        oracle.requestInference(asked);
    }

    function test_revokingAfterTheAnswerTakesNothingBack() public {
        ask(1);
        oracle.fulfil(answer(0));
        setStatus(IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.NotRefundable.selector, 0));
        oracle.refund(0);
        assertCredits(FEE, 0);
    }

    function test_lateAnswersAreRefused() public {
        ask(1);
        vm.warp(oracle.getRequest(0).deadline + 1);
        expectRefusal(0, IInferenceOracle.Outcome.DeadlinePassed);
        oracle.fulfil(answer(0));
    }

    function test_earlyAndDoubleRefundsAreRefused() public {
        ask(1);
        bytes memory refusal = abi.encodeWithSelector(IInferenceOracle.NotRefundable.selector, 0);
        vm.expectRevert(refusal);
        vm.prank(asker);
        oracle.refund(0);
        vm.warp(block.timestamp + 1 hours + 1);
        oracle.refund(0);
        vm.expectRevert(refusal);
        oracle.refund(0);
        expectRefusal(0, IInferenceOracle.Outcome.RequestNotOpen);
        oracle.fulfil(answer(0));
        assertCredits(0, FEE);
    }

    function test_whatWasNeverAskedIsNeitherAnsweredNorRefunded() public {
        expectRefusal(0, IInferenceOracle.Outcome.RequestNotOpen);
        oracle.fulfil(answer(0));
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.NotRefundable.selector, 0));
        oracle.refund(0);
        uint256[] memory nothing;
        assertFalse(oracle.isAnswer(0, nothing), "no answer");
    }

    function test_aCreditIsWithdrawnOnce() public {
        ask(2);
        oracle.fulfil(answer(0));
        vm.prank(prover);
        oracle.withdraw(prover);
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, prover));
        vm.prank(prover);
        oracle.withdraw(prover);
        assertEq(address(oracle).balance, FEE, "the other escrow");
    }

    /// @dev 63/64 of too little gas must not make a good proof look bad, nor close a request.
    function testFuzz_starvedAnswersChangeNothing(uint256 gas_) public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        gas_ = 30_000 + gas_ % 400_000;
        (bool success,) = address(oracle).call{gas: gas_}(abi.encodeCall(oracle.fulfil, (fulfilment)));
        if (success) assertCredits(FEE, 0);
        else assertStatus(0, IInferenceOracle.Status.Open);
    }

    /// @dev Everything that a prover can change in an answer is refused, whatever it is changed to.
    function testFuzz_changedAnswersAreRefused(uint256 place, uint256 value) public {
        ask(1);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        place %= 13;
        if (place < 8) fulfilment.proof[place] = _other(fulfilment.proof[place], value);
        else if (place < 11) fulfilment.statement[place - 8] = _other(fulfilment.statement[place - 8], value);
        else if (place == 11) fulfilment.payee = address(uint160(_other(uint160(fulfilment.payee), uint160(value))));
        else fulfilment.fee = uint96(_other(fulfilment.fee, uint96(value)));
        (bool success,) = address(oracle).call(abi.encodeCall(oracle.fulfil, (fulfilment)));
        assertFalse(success, "changed answer");
        assertStatus(0, IInferenceOracle.Status.Open);
    }

    function _other(uint256 old, uint256 value) private pure returns (uint256) {
        return value == old ? old ^ 1 : value;
    }
}
