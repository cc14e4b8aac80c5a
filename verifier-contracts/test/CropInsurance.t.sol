// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {CropInsurance} from "../src/CropInsurance.sol";
import {ICropInsurance} from "../src/interfaces/ICropInsurance.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IInsurancePool} from "../src/interfaces/IInsurancePool.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Insured} from "./utils/Insured.sol";
import {vm} from "./utils/Vm.sol";
import {Wallet} from "./utils/Wallets.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Each policy ends once, by the rules, whatever anybody tries
contract CropInsuranceTest is Insured {
    function test_scoreAtTheThresholdIsPaidOnce() public {
        uint256 policyId = insured();
        uint256 requestId = claim(policyId, DROUGHT);
        vm.expectEmit(address(insurance));
        emit ICropInsurance.PolicyDecided(policyId, requestId, THRESHOLD, true);
        double.answer(requestId, THRESHOLD, prover, PROVER_FEE);
        assertPolicy(policyId, ICropInsurance.Status.Paid);
        assertEq(insurance.creditOf(farmer), COVERAGE, "credit");
        assertEq(insurance.reserved(), 0, "reserve");
        vm.prank(farmer);
        assertEq(insurance.collect(other), COVERAGE, "collected");
        assertEq(asset.balanceOf(other), 20 ether + COVERAGE, "received");
        vm.expectRevert(abi.encodeWithSelector(IInsurancePool.NothingToCollect.selector, farmer));
        vm.prank(farmer);
        insurance.collect(farmer);
    }

    function test_scoreBelowTheThresholdEndsThePolicy() public {
        uint256 policyId = insured();
        double.answer(claim(policyId, DROUGHT), THRESHOLD - 1, prover, PROVER_FEE);
        assertPolicy(policyId, ICropInsurance.Status.Declined);
        assertEq(insurance.creditOf(farmer), 0, "credit");
        assertEq(insurance.reserved(), 0, "reserve");
        expectClaimRefused(policyId, ICropInsurance.Status.Declined);
    }

    function test_negativeScoresAreBelow() public {
        uint256 policyId = insured();
        double.answer(claim(policyId, DROUGHT), -1, prover, PROVER_FEE);
        assertPolicy(policyId, ICropInsurance.Status.Declined);
    }

    function test_unansweredClaimCanBeMadeAgain() public {
        uint256 policyId = insured();
        uint256 first = claim(policyId, DROUGHT);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.NotRefundable.selector, first));
        insurance.reopen(policyId);
        vm.warp(block.timestamp + 1 days + 1);
        vm.expectEmit(address(insurance));
        emit ICropInsurance.ClaimReopened(policyId, first);
        insurance.reopen(policyId);
        assertEq(insurance.feeCreditOf(farmer), PROVER_FEE, "fee comes back");
        bytes memory signature = attest(insurance, STATION_KEY, policyId, DROUGHT);
        vm.prank(farmer);
        uint256 second = insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), signature, CLAIMS_END);
        double.answer(second, THRESHOLD, prover, PROVER_FEE);
        assertPolicy(policyId, ICropInsurance.Status.Paid);

        uint256 before = other.balance;
        vm.prank(farmer);
        assertEq(insurance.collectFees(payable(other)), PROVER_FEE, "one fee");
        assertEq(other.balance - before, PROVER_FEE, "sent");
        vm.expectRevert(abi.encodeWithSelector(IInsurancePool.NothingToCollect.selector, farmer));
        vm.prank(farmer);
        insurance.collectFees(payable(farmer));
    }

    function test_lateAnswerToAReopenedClaimChangesNothing() public {
        uint256 policyId = insured();
        uint256 first = claim(policyId, DROUGHT);
        vm.warp(block.timestamp + 1 days + 1);
        insurance.reopen(policyId);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.UnexpectedAnswer.selector, first));
        answerAs(address(double), first, DROUGHT, THRESHOLD);
    }

    function test_refundByAStrangerStillReachesTheFarmer() public {
        uint256 policyId = insured();
        uint256 requestId = claim(policyId, DROUGHT);
        vm.warp(block.timestamp + 1 days + 1);
        double.refund(requestId);
        assertEq(insurance.feeCreditOf(station), 0, "no spare money");
        insurance.reopen(policyId);
        assertEq(insurance.feeCreditOf(farmer), PROVER_FEE, "fee");
        assertEq(insurance.feeCreditOf(station), 0, "no spare money");
    }

    /// @dev An answer that did not arrive spends the fee, and no policy.
    function test_starvedCallbackLeavesThePolicy() public {
        uint256 policyId = insured();
        uint256 requestId = claim(policyId, DROUGHT);
        double.deliver(requestId, new uint256[](0), prover, PROVER_FEE);
        assertPolicy(policyId, ICropInsurance.Status.Claimed);
        insurance.reopen(policyId);
        assertPolicy(policyId, ICropInsurance.Status.Active);
        assertEq(insurance.feeCreditOf(farmer), 0, "the prover has the fee");
    }

    function test_leftoverFeesAreTheStations() public {
        uint256 policyId = insured();
        double.answer(claim(policyId, DROUGHT), THRESHOLD, prover, PROVER_FEE / 4);
        assertEq(insurance.feeCreditOf(station), PROVER_FEE - PROVER_FEE / 4, "left over");
        vm.prank(station);
        insurance.collectFees(payable(station));
        assertEq(station.balance, PROVER_FEE - PROVER_FEE / 4, "sent");
        assertEq(insurance.feeCreditOf(station), 0, "once");
    }

    function test_expiryFreesTheReserve() public {
        uint256 policyId = insured();
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.StillCovered.selector, policyId));
        insurance.close(policyId);
        vm.warp(CLAIMS_END);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.StillCovered.selector, policyId));
        insurance.close(policyId);
        vm.warp(CLAIMS_END + 1);
        vm.expectEmit(address(insurance));
        emit ICropInsurance.PolicyClosed(policyId, ICropInsurance.Status.Expired);
        insurance.close(policyId);
        assertEq(insurance.reserved(), 0, "reserve");
        assertEq(insurance.creditOf(farmer), 0, "nothing is paid");
        expectNotReady(policyId, ICropInsurance.Status.Expired);
        insurance.close(policyId);
    }

    function test_expiryReturnsTheFeeOfAnUnansweredClaim() public {
        uint256 policyId = insured();
        claim(policyId, DROUGHT);
        vm.warp(CLAIMS_END + 1);
        insurance.close(policyId);
        assertEq(insurance.feeCreditOf(farmer), PROVER_FEE, "fee");
    }

    function test_revokedVersionGivesThePremiumBack() public {
        uint256 policyId = insured();
        uint256 requestId = claim(policyId, DROUGHT);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        vm.expectEmit(address(insurance));
        emit ICropInsurance.PolicyClosed(policyId, ICropInsurance.Status.Void);
        insurance.close(policyId);
        assertEq(insurance.creditOf(farmer), PREMIUM, "premium");
        assertEq(insurance.feeCreditOf(farmer), PROVER_FEE, "fee");
        assertEq(insurance.reserved(), 0, "reserve");
        assertEq(insurance.premiums(), 0, "premiums");
        assertEq(insurance.totalAssets(), 100 ether, "the providers are where they were");
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.UnexpectedAnswer.selector, requestId));
        answerAs(address(double), requestId, DROUGHT, THRESHOLD);
    }

    function test_sellsNothingUnderARevokedVersion() public {
        provide(provider, 100 ether);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.VersionRevoked.selector, MODEL, uint32(1)));
        buy(farmer);
    }

    function test_newVersionsChangeNothing() public {
        uint256 policyId = insured();
        vm.prank(deployer);
        registry.updateModel(MODEL, commitmentTo(otherKey));
        uint256 requestId = claim(policyId, DROUGHT);
        assertEq(double.getRequest(requestId).version, 1, "the pinned version is asked");
    }

    /// @dev A station of several signers, in a contract.
    function test_stationMayBeAContract() public {
        ICropInsurance.Terms memory terms = season(MODEL);
        terms.station = address(new Wallet(station));
        insurance = new CropInsurance(IERC20(address(asset)), IInferenceOracle(address(double)), terms);
        vm.prank(provider);
        asset.approve(address(insurance), type(uint256).max);
        vm.prank(farmer);
        asset.approve(address(insurance), type(uint256).max);
        uint256 policyId = insured();
        bytes memory byFarmer = attest(insurance, 0xbad, policyId, DROUGHT);
        expectNotAttested(policyId, DROUGHT);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), byFarmer, CLAIM_TIME);
        claim(policyId, DROUGHT);
        assertPolicy(policyId, ICropInsurance.Status.Claimed);
    }

    function test_sellsNoMoreThanIsFree() public {
        provide(provider, COVERAGE + COVERAGE / 2);
        buy(farmer);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.CoverageNotAvailable.selector, COVERAGE, COVERAGE / 2));
        buy(other);
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.CoverageNotAvailable.selector, 0, COVERAGE / 2));
        vm.prank(other);
        insurance.buy(0, PLOT);
        vm.warp(SALES_END + 1);
        vm.expectRevert(ICropInsurance.SalesClosed.selector);
        buy(other);
    }

    function test_premiumIsRoundedUp() public view {
        assertEq(insurance.premiumOf(COVERAGE), PREMIUM, "12 percent");
        assertEq(insurance.premiumOf(1), 1, "never nothing");
    }

    function test_refusesTermsOutOfOrder() public {
        ICropInsurance.Terms[8] memory bad;
        for (uint256 i; i < bad.length; ++i) {
            bad[i] = season(MODEL);
        }
        bad[0].salesEnd = uint48(block.timestamp);
        bad[1].salesEnd = SEASON_START + 1;
        bad[2].seasonEnd = SEASON_START;
        bad[3].claimsEnd = SEASON_END;
        bad[4].premiumRate = 0;
        bad[5].premiumRate = 10_000;
        bad[6].station = address(0);
        bad[7].version = 2;
        bytes memory reason = abi.encodeWithSelector(ICropInsurance.TermsInvalid.selector);
        for (uint256 i; i < bad.length; ++i) {
            assertDeploymentReverts("CropInsurance", abi.encode(asset, double, bad[i]), reason);
        }
        ICropInsurance.Terms memory good = insurance.terms();
        assertEq(abi.encode(good), abi.encode(season(MODEL)), "terms");
    }
}
