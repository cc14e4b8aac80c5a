// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {CropInsurance} from "../src/CropInsurance.sol";
import {ICropInsurance} from "../src/interfaces/ICropInsurance.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {InferenceReceiver} from "../src/receivers/InferenceReceiver.sol";
import {Insured} from "./utils/Insured.sol";
import {vm} from "./utils/Vm.sol";

/// @title A receiver that asks again while it is paid
contract GreedyReceiver {
    CropInsurance private immutable _insurance;
    bool public refused;

    constructor(CropInsurance insurance) {
        _insurance = insurance;
    }

    receive() external payable {
        try _insurance.collectFees(payable(address(this))) {}
        catch {
            refused = true;
        }
    }
}

/// @title Nobody is paid for weather that was not, or twice
contract CropInsuranceAttacksTest is Insured {
    function test_attackUnattestedWeather() public {
        uint256 policyId = insured();
        expectNotAttested(policyId, DROUGHT);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), "", CLAIM_TIME);

        bytes memory byFarmer = attest(insurance, 0xbad, policyId, DROUGHT);
        expectNotAttested(policyId, DROUGHT);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), byFarmer, CLAIM_TIME);

        bytes memory ofGoodYear = attest(insurance, STATION_KEY, policyId, 0x01);
        expectNotAttested(policyId, DROUGHT);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), ofGoodYear, CLAIM_TIME);
    }

    function test_attackAttestationOfAnotherPolicy() public {
        provide(provider, 100 ether);
        uint256 first = buy(farmer);
        uint256 second = buy(farmer);
        vm.warp(CLAIM_TIME);
        bytes memory signature = attest(insurance, STATION_KEY, first, DROUGHT);
        expectNotAttested(second, DROUGHT);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(second, words(DROUGHT), signature, CLAIM_TIME);
    }

    function test_attackAttestationForAnotherContractOrChain() public {
        CropInsurance twin = insure(IInferenceOracle(address(double)), MODEL);
        uint256 policyId = insured();
        bytes memory signature = attest(twin, STATION_KEY, policyId, DROUGHT);
        expectNotAttested(policyId, DROUGHT);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), signature, CLAIM_TIME);

        signature = attest(insurance, STATION_KEY, policyId, DROUGHT);
        vm.chainId(1);
        expectNotAttested(policyId, DROUGHT);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), signature, CLAIM_TIME);
    }

    function test_attackClaimByAnother() public {
        uint256 policyId = insured();
        bytes memory signature = attest(insurance, STATION_KEY, policyId, DROUGHT);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.NotHolder.selector, policyId, other));
        vm.prank(other);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), signature, CLAIM_TIME);
    }

    function test_attackClaimTwice() public {
        uint256 policyId = insured();
        uint256 requestId = claim(policyId, DROUGHT);
        expectClaimRefused(policyId, ICropInsurance.Status.Claimed);
        double.answer(requestId, THRESHOLD, prover, PROVER_FEE);
        expectClaimRefused(policyId, ICropInsurance.Status.Paid);
        expectNotReady(policyId, ICropInsurance.Status.Paid);
        insurance.reopen(policyId);
        vm.warp(CLAIMS_END + 1);
        expectNotReady(policyId, ICropInsurance.Status.Paid);
        insurance.close(policyId);
    }

    function test_attackClaimOutsideItsPeriod() public {
        uint256 policyId = insured();
        bytes memory signature = attest(insurance, STATION_KEY, policyId, DROUGHT);
        vm.warp(SEASON_END);
        vm.expectRevert(ICropInsurance.OutsideClaimPeriod.selector);
        vm.prank(farmer);
        insurance.claim(policyId, words(DROUGHT), signature, CLAIMS_END);
        vm.warp(CLAIM_TIME);
        vm.expectRevert(ICropInsurance.OutsideClaimPeriod.selector);
        vm.prank(farmer);
        insurance.claim(policyId, words(DROUGHT), signature, CLAIMS_END + 1);
    }

    function test_attackAnswerByAnotherThanTheOracle() public {
        uint256 policyId = insured();
        uint256 requestId = claim(policyId, DROUGHT);
        vm.expectRevert(abi.encodeWithSelector(InferenceReceiver.NotOracle.selector, farmer));
        answerAs(farmer, requestId, DROUGHT, THRESHOLD);
    }

    function test_attackReplayedAndForeignAnswers() public {
        uint256 policyId = insured();
        uint256 requestId = claim(policyId, DROUGHT);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.UnexpectedAnswer.selector, requestId + 1));
        answerAs(address(double), requestId + 1, DROUGHT, THRESHOLD);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.UnexpectedAnswer.selector, requestId));
        answerAs(address(double), requestId, DROUGHT + 1, THRESHOLD);
        answerAs(address(double), requestId, DROUGHT, THRESHOLD);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.UnexpectedAnswer.selector, requestId));
        answerAs(address(double), requestId, DROUGHT, THRESHOLD);
        assertEq(insurance.creditOf(farmer), COVERAGE, "paid once");
    }

    function test_attackEtherFromElsewhere() public {
        vm.prank(farmer);
        (bool sent,) = address(insurance).call{value: 1}("");
        assertFalse(sent, "only the oracle sends ether");
    }

    /// @dev The holder of fees takes them again while they are sent.
    function test_attackReentrantFees() public {
        uint256 policyId = insured();
        double.answer(claim(policyId, DROUGHT), THRESHOLD, prover, 0);
        vm.deal(address(double), 10 ether);
        GreedyReceiver greedy = new GreedyReceiver(insurance);
        vm.prank(station);
        assertEq(insurance.collectFees(payable(address(greedy))), PROVER_FEE, "once");
        assertEq(address(greedy).balance, PROVER_FEE, "no more");
        assertTrue(greedy.refused(), "again refused");
    }
}
