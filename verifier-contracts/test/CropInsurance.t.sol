// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {CropInsurance} from "../src/CropInsurance.sol";
import {ICropInsurance} from "../src/interfaces/ICropInsurance.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IInsurancePool} from "../src/interfaces/IInsurancePool.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {InferenceReceiver} from "../src/receivers/InferenceReceiver.sol";
import {Insured} from "./utils/Insured.sol";
import {vm} from "./utils/Vm.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Each policy ends once, by the rules, whatever anybody tries
contract CropInsuranceTest is Insured {
    uint256 private constant DROUGHT = 0xd0;

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
        revoke();
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
        revoke();
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

    /// @dev A station of several signers, in a contract.
    function test_stationMayBeAContract() public {
        ICropInsurance.Terms memory terms = season(MODEL);
        terms.station = address(new SharedStation(station));
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

    function answerAs(address sender, uint256 requestId, uint256 features, int32 score) private {
        uint256[] memory statement = new uint256[](3);
        (statement[0], statement[1]) = (features, uint32(score));
        vm.prank(sender);
        insurance.onInference(requestId, statement);
    }

    function revoke() private {
        vm.prank(deployer);
        registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus.Revoked);
    }

    function expectClaimRefused(uint256 policyId, ICropInsurance.Status status) private {
        bytes memory signature = attest(insurance, STATION_KEY, policyId, DROUGHT);
        expectNotReady(policyId, status);
        vm.prank(farmer);
        insurance.claim{value: PROVER_FEE}(policyId, words(DROUGHT), signature, CLAIMS_END);
    }

    function expectNotReady(uint256 policyId, ICropInsurance.Status status) private {
        vm.expectRevert(abi.encodeWithSelector(ICropInsurance.PolicyNotReady.selector, policyId, status));
    }

    function expectNotAttested(uint256 policyId, uint256 features) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICropInsurance.NotAttested.selector, policyId, keccak256(abi.encodePacked(features))
            )
        );
    }
}

/// @title A station that signs by another key (ERC-1271)
contract SharedStation is IERC1271 {
    address private immutable _signer;

    constructor(address signer) {
        _signer = signer;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recoverCalldata(hash, signature) == _signer ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

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
