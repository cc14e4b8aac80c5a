// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {IERC8183} from "../src/interfaces/IERC8183.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceEvaluator} from "../src/interfaces/IInferenceEvaluator.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {AgentsDeployed} from "./utils/AgentsDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Jobs completed by proofs, and every way to be paid without one
contract InferenceEvaluatorTest is AgentsDeployed {
    uint256 private constant ALL = 100 * PRICE;

    function test_aProvenAnswerIsPaidWhoeverDeliversIt() public {
        uint256 jobId = createAndSubmit(0, seller);
        Proven memory answer = fixture("jobs", 0);
        vm.expectEmit(address(evaluator));
        emit IInferenceEvaluator.AnswerDelivered(jobId, seller, answer.statement);
        vm.expectEmit(address(commerce));
        emit IERC8183.JobCompleted(jobId, address(evaluator), keccak256(abi.encodePacked(answer.statement)));
        vm.prank(anyone);
        deliver(jobId, answer);
        assertStatus(jobId, IERC8183.JobStatus.Completed);
        assertBalances(0, PRICE, ALL - PRICE);
        assertEq(address(evaluator.commerce()), address(commerce), "commerce");
        assertEq(address(evaluator.verifier()), address(verifier), "verifier");
        assertEq(address(evaluator.registry()), address(registry), "registry");
    }

    /// @dev The calldata is copied from the mempool, and the proof re-randomised: the provider is paid all the same.
    function test_copiedCalldataPaysTheProvider() public {
        uint256 jobId = createAndSubmit(0, seller);
        vm.prank(rival);
        deliver(jobId, fixture("rerandomised", 0));
        assertBalances(0, PRICE, ALL - PRICE);
        assertEq(token.balanceOf(rival), 0, "the copier");
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.NotSubmitted.selector, jobId));
        deliver(jobId, fixture("jobs", 0));
    }

    /// @dev A rival's job on the same terms, and the seller's proof on chain: the proof names job and provider.
    function test_aReplayForAnotherJobIsRefused() public {
        uint256 jobId = createAndSubmit(0, seller);
        uint256 rivals = createAndSubmit(0, rival);
        uint256 third = createAndSubmit(0, seller);
        deliver(jobId, fixture("jobs", 0));
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        deliver(rivals, fixture("jobs", 0));
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        deliver(third, fixture("jobs", 0));
        deliver(rivals, fixture("rival", 1));
        assertEq(token.balanceOf(rival), PRICE, "its own proof pays the rival");
    }

    function test_aRivalsProofDoesNotServeTheSellersJob() public {
        uint256 jobId = createAndSubmit(0, seller);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        deliver(jobId, fixture("rival", 0));
    }

    function test_proofsOfOtherModelsAndContractsAreRefused() public {
        uint256 jobId = createAndSubmit(0, seller);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        deliver(jobId, fixture("otherModel", 0));
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        deliver(jobId, fixture("otherEvaluator", 0));
    }

    function test_theOtherSideOfAForkTakesItsOwnProofs() public {
        uint256 jobId = createAndSubmit(0, seller);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        deliver(jobId, fixture("otherChain", 0));
        vm.chainId(1);
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        deliver(jobId, fixture("jobs", 0));
        deliver(jobId, fixture("otherChain", 0));
    }

    function test_anotherModelsAnswerIsNotTheAgreedOne() public {
        vm.startPrank(deployer);
        registry.publishModel(commitmentTo(otherKey), developmentTerms(), otherKey);
        registry.publishVersion(MODEL, commitmentTo(otherKey), developmentTerms(), otherKey);
        vm.stopPrank();
        uint256 jobId = createAndSubmit(0, seller);
        Proven memory answer = fixture("otherModel", 0);
        bytes memory refusal = abi.encodeWithSelector(IInferenceEvaluator.TermsDiffer.selector, jobId);
        vm.expectRevert(refusal);
        evaluator.deliver(jobId, 2, 1, answer.proof, answer.statement);
        vm.expectRevert(refusal); // stale: the agreed version is 1
        evaluator.deliver(jobId, MODEL, 2, answer.proof, answer.statement);
        vm.expectRevert(refusal);
        evaluator.deliver(jobId, 9, 1, answer.proof, answer.statement);
    }

    function test_anAnswerToAnotherInputIsRefused() public {
        uint256 jobId = createAndSubmit(0, seller);
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.TermsDiffer.selector, jobId));
        deliver(jobId, fixture("otherInput", 0));
        Proven memory nothing;
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.TermsDiffer.selector, jobId));
        deliver(jobId, nothing);
    }

    function test_lateDeliveryIsRefusedAndRejected() public {
        uint256 jobId = createAndSubmit(0, seller);
        uint256 expiredAt = commerce.getJob(jobId).expiredAt;
        vm.warp(expiredAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.NotRejectable.selector, jobId));
        evaluator.rejectExpired(jobId);
        vm.warp(expiredAt);
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.DeliveryLate.selector, jobId, expiredAt));
        deliver(jobId, fixture("jobs", 0));
        vm.expectEmit(address(commerce));
        emit IERC8183.JobRejected(jobId, address(evaluator), "expired");
        vm.prank(anyone);
        evaluator.rejectExpired(jobId);
        assertBalances(0, 0, ALL);
    }

    function test_whatIsNotSubmittedIsNotDelivered() public {
        uint256 jobId = createAndFund(0, seller);
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.NotSubmitted.selector, jobId));
        deliver(jobId, fixture("jobs", 0));
        vm.warp(block.timestamp + 1 hours);
        evaluator.rejectExpired(jobId);
        assertBalances(0, 0, ALL);
    }

    function test_aRevokedVersionIsRefundedAtOnce() public {
        uint256 jobId = createAndSubmit(0, seller);
        uint256[] memory input = inputOf(0);
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.NotRejectable.selector, jobId));
        evaluator.rejectRevoked(jobId, MODEL, 1, input);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, MODEL, uint32(1)));
        deliver(jobId, fixture("jobs", 0));
        vm.prank(anyone);
        evaluator.rejectRevoked(jobId, MODEL, 1, input);
        assertStatus(jobId, IERC8183.JobStatus.Rejected);
        assertBalances(0, 0, ALL);
    }

    /// @dev Grief: another version's revocation ends no job.
    function test_onlyTheAgreedVersionsRevocationCounts() public {
        uint256 jobId = createAndSubmit(0, seller);
        vm.startPrank(deployer);
        registry.publishVersion(MODEL, commitmentTo(otherKey), developmentTerms(), otherKey);
        registry.setVersionStatus(MODEL, 2, IModelRegistry.VersionStatus.Revoked);
        vm.stopPrank();
        uint256[] memory input = inputOf(0);
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.TermsDiffer.selector, jobId));
        evaluator.rejectRevoked(jobId, MODEL, 2, input);
    }

    function test_aDeprecatedVersionStillAnswers() public {
        uint256 jobId = createAndSubmit(0, seller);
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        deliver(jobId, fixture("jobs", 0));
        assertBalances(0, PRICE, ALL - PRICE);
    }

    function test_nobodyButTheEvaluatorEndsAFundedJob() public {
        uint256 jobId = createAndSubmit(0, seller);
        address[4] memory others = [buyer, seller, anyone, deployer];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.NotAllowed.selector, jobId, others[i]));
            vm.prank(others[i]);
            commerce.complete(jobId, 0, "");
        }
    }

    function test_jobsOfOtherEvaluatorsAreLeftAlone() public {
        vm.prank(buyer);
        uint256 jobId = commerce.createJob(seller, buyer, block.timestamp + 1, "", address(0));
        uint256[] memory input = inputOf(0);
        bytes memory refusal = abi.encodeWithSelector(IInferenceEvaluator.NotEvaluator.selector, jobId);
        vm.expectRevert(refusal);
        deliver(jobId, fixture("jobs", 0));
        vm.expectRevert(refusal);
        evaluator.rejectExpired(jobId);
        vm.expectRevert(refusal);
        evaluator.rejectRevoked(jobId, MODEL, 1, input);
    }

    function test_openJobsAreTheClientsToReject() public {
        uint256 jobId = create(0, seller);
        vm.warp(block.timestamp + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.NotAllowed.selector, jobId, address(evaluator)));
        evaluator.rejectExpired(jobId);
    }

    function test_aDescriptionWithoutTermsIsNeverCompleted() public {
        vm.startPrank(buyer);
        uint256 jobId =
            commerce.createJob(seller, address(evaluator), block.timestamp + 1 hours, "zkserve-job-1:", address(0));
        commerce.setBudget(jobId, PRICE, "");
        commerce.fund(jobId, PRICE, "");
        vm.stopPrank();
        vm.prank(seller);
        commerce.submit(jobId, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IInferenceEvaluator.TermsDiffer.selector, jobId));
        deliver(jobId, fixture("jobs", 0));
    }

    /// @dev The token re-enters evaluator and escrow while the seller is paid.
    function test_evaluatorReentrancyEndsNothingTwice() public {
        uint256 jobId = createAndSubmit(0, seller);
        uint256 second = createAndSubmit(1, seller);
        Proven memory answer = fixture("jobs", 0);
        Proven memory other = fixture("jobs", 1);
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(evaluator.deliver, (jobId, MODEL, 1, answer.proof, answer.statement));
        calls[1] = abi.encodeCall(evaluator.rejectExpired, (jobId));
        calls[2] = abi.encodeCall(evaluator.rejectRevoked, (jobId, MODEL, 1, inputOf(0)));
        calls[3] = abi.encodeCall(evaluator.deliver, (second, MODEL, 1, other.proof, other.statement));
        token.interfere(address(evaluator), calls);
        deliver(jobId, answer);
        assertEq(token.succeeded(), 0, "no call back succeeded");
        assertBalances(PRICE, PRICE, ALL - 2 * PRICE);
        deliver(second, other);
        assertBalances(0, 2 * PRICE, ALL - 2 * PRICE);
    }

    function test_termsAndNonceAreAsDocumented() public view {
        uint256[] memory input = inputOf(0);
        assertEq(evaluator.termsHashOf(MODEL, 1, input), keccak256(abi.encode(MODEL, uint32(1), input)), "terms");
        assertEq(evaluator.nonceOf(1, seller), uint256(keccak256(abi.encode(commerce, 1, seller))), "nonce");
        assertEq(bytes(evaluator.describe(MODEL, 1, input)).length, 80, "length");
    }

    /// @dev Everything that can be changed in a delivery is refused, whatever it is changed to.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_changedDeliveriesAreRefused(uint256 place, uint256 value) public {
        uint256 jobId = createAndSubmit(0, seller);
        Proven memory answer = fixture("jobs", 0);
        place %= 11;
        if (place < 8) answer.proof[place] = answer.proof[place] == value ? value ^ 1 : value;
        else answer.statement[place - 8] = answer.statement[place - 8] == value ? value ^ 1 : value;
        (bool done,) = address(evaluator)
            .call(abi.encodeCall(evaluator.deliver, (jobId, MODEL, 1, answer.proof, answer.statement)));
        assertFalse(done, "changed delivery");
        assertStatus(jobId, IERC8183.JobStatus.Submitted);
    }

    /// @dev Too little gas must not end a job, nor make a good proof look bad for good.
    /// forge-config: default.fuzz.runs = 200
    function testFuzz_starvedDeliveriesChangeNothing(uint256 gas_) public {
        uint256 jobId = createAndSubmit(0, seller);
        Proven memory answer = fixture("jobs", 0);
        gas_ = 30_000 + gas_ % 400_000;
        (bool done,) = address(evaluator).call{gas: gas_}(
            abi.encodeCall(evaluator.deliver, (jobId, MODEL, 1, answer.proof, answer.statement))
        );
        if (done) assertBalances(0, PRICE, ALL - PRICE);
        else assertStatus(jobId, IERC8183.JobStatus.Submitted);
    }
}
