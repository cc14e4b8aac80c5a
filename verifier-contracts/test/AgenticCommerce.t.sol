// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {IERC8183} from "../src/interfaces/IERC8183.sol";
import {AgentsDeployed} from "./utils/AgentsDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title The escrow's state machine, as ERC-8183's text has it
/// @dev The evaluator is an account here, `judge`.
contract AgenticCommerceTest is AgentsDeployed {
    address private constant judge = address(0x7d6e);
    address private constant nobody = address(0);
    uint256 private constant ALL = 100 * PRICE;

    function test_workIsPaidWhenTheEvaluatorSaysSo() public {
        vm.expectEmit(address(commerce));
        emit IERC8183.JobCreated(1, buyer, seller, judge, block.timestamp + 1 hours);
        uint256 jobId = _create(seller);
        vm.expectEmit(address(commerce));
        emit IERC8183.BudgetSet(jobId, PRICE);
        vm.prank(seller);
        commerce.setBudget(jobId, PRICE, "");
        vm.expectEmit(address(commerce));
        emit IERC8183.JobFunded(jobId, buyer, PRICE);
        vm.prank(buyer);
        commerce.fund(jobId, PRICE, "");
        assertBalances(PRICE, 0, ALL - PRICE);
        vm.expectEmit(address(commerce));
        emit IERC8183.JobSubmitted(jobId, seller, "work");
        vm.prank(seller);
        commerce.submit(jobId, "work", "");
        vm.expectEmit(address(commerce));
        emit IERC8183.JobCompleted(jobId, judge, "good");
        vm.expectEmit(address(commerce));
        emit IERC8183.PaymentReleased(jobId, seller, PRICE);
        vm.prank(judge);
        commerce.complete(jobId, "good", "");
        assertBalances(0, PRICE, ALL - PRICE);

        IERC8183.Job memory job = commerce.getJob(jobId);
        assertEq(job.id, 1, "id");
        assertEq(job.client, buyer, "client");
        assertEq(job.provider, seller, "provider");
        assertEq(job.evaluator, judge, "evaluator");
        assertEq(bytes(job.description), "a job", "description");
        assertEq(job.budget, PRICE, "budget");
        assertEq(job.expiredAt, block.timestamp + 1 hours, "expiry");
        assertEq(job.hook, nobody, "hook");
        assertStatus(jobId, IERC8183.JobStatus.Completed);
        _expectAllRefused(jobId, IERC8183.JobStatus.Completed);
    }

    function test_theClientRejectsWhileOpenAndPaysNothing() public {
        uint256 jobId = _create(seller);
        _expectNotAllowed(jobId, judge);
        commerce.reject(jobId, 0, "");
        vm.expectEmit(address(commerce));
        emit IERC8183.JobRejected(jobId, buyer, "changed my mind");
        vm.prank(buyer);
        commerce.reject(jobId, "changed my mind", "");
        _expectAllRefused(jobId, IERC8183.JobStatus.Rejected);
        assertBalances(0, 0, ALL);
    }

    function test_theEvaluatorAloneRejectsOnceFunded() public {
        uint256 jobId = _fund(seller);
        _expectNotAllowed(jobId, buyer);
        commerce.reject(jobId, 0, "");
        vm.expectEmit(address(commerce));
        emit IERC8183.Refunded(jobId, buyer, PRICE);
        vm.prank(judge);
        commerce.reject(jobId, "bad", "");
        assertBalances(0, 0, ALL);

        uint256 second = _fund(seller);
        vm.prank(seller);
        commerce.submit(second, 0, "");
        _expectNotAllowed(second, buyer);
        commerce.reject(second, 0, "");
        _expectNotAllowed(second, seller);
        commerce.reject(second, 0, "");
        vm.prank(judge);
        commerce.reject(second, "bad", "");
        _expectAllRefused(second, IERC8183.JobStatus.Rejected);
        assertBalances(0, 0, ALL);
    }

    function test_anyoneRefundsTheClientAfterExpiryOnce() public {
        uint256 funded = _fund(seller);
        uint256 submitted = _fund(seller);
        vm.prank(seller);
        commerce.submit(submitted, 0, "");
        uint256 expiredAt = block.timestamp + 1 hours;
        vm.warp(expiredAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ExpiryInvalid.selector, expiredAt));
        commerce.claimRefund(funded);
        vm.warp(expiredAt);
        vm.expectEmit(address(commerce));
        emit IERC8183.JobExpired(funded);
        vm.expectEmit(address(commerce));
        emit IERC8183.Refunded(funded, buyer, PRICE);
        vm.prank(anyone);
        commerce.claimRefund(funded);
        commerce.claimRefund(submitted);
        assertBalances(0, 0, ALL);
        _expectAllRefused(funded, IERC8183.JobStatus.Expired);
        _expectAllRefused(submitted, IERC8183.JobStatus.Expired);
    }

    function test_theProviderMayBeChosenLaterOnce() public {
        uint256 jobId = _create(nobody);
        vm.startPrank(buyer);
        commerce.setBudget(jobId, PRICE, "");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ProviderMissing.selector, jobId));
        commerce.fund(jobId, PRICE, "");
        vm.expectRevert(IAgenticCommerce.AddressMissing.selector);
        commerce.setProvider(jobId, nobody, "");
        vm.stopPrank();
        _expectNotAllowed(jobId, anyone);
        commerce.setProvider(jobId, anyone, "");
        vm.expectEmit(address(commerce));
        emit IERC8183.ProviderSet(jobId, seller);
        vm.prank(buyer);
        commerce.setProvider(jobId, seller, "");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ProviderFixed.selector, jobId));
        vm.prank(buyer);
        commerce.setProvider(jobId, rival, "");
    }

    /// @dev Fee grief: the provider raises the price while the client's funding is pending.
    function test_aRaisedPriceIsNotPaid() public {
        uint256 jobId = _create(seller);
        vm.prank(seller);
        commerce.setBudget(jobId, 50 * PRICE, "");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.BudgetWrong.selector, PRICE, 50 * PRICE));
        vm.prank(buyer);
        commerce.fund(jobId, PRICE, "");
        vm.prank(seller);
        commerce.setBudget(jobId, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.BudgetWrong.selector, 0, 0));
        vm.prank(buyer);
        commerce.fund(jobId, 0, "");
        assertBalances(0, 0, ALL);
    }

    function test_strangersDoNothing() public {
        uint256 jobId = _create(seller);
        _expectNotAllowed(jobId, anyone);
        commerce.setBudget(jobId, 1, "");
        _expectNotAllowed(jobId, anyone);
        commerce.fund(jobId, 0, "");
        _expectNotAllowed(jobId, anyone);
        commerce.reject(jobId, 0, "");
        jobId = _fund(seller);
        _expectNotAllowed(jobId, anyone);
        commerce.submit(jobId, 0, "");
        vm.prank(seller);
        commerce.submit(jobId, 0, "");
        address[3] memory others = [anyone, seller, buyer];
        for (uint256 i; i < 3; ++i) {
            _expectNotAllowed(jobId, others[i]);
            commerce.complete(jobId, 0, "");
        }
    }

    function test_badJobsAreNotMade() public {
        uint256 later = block.timestamp + 1;
        vm.expectRevert(IAgenticCommerce.AddressMissing.selector);
        commerce.createJob(seller, nobody, later, "", nobody);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ExpiryInvalid.selector, block.timestamp));
        commerce.createJob(seller, judge, block.timestamp, "", nobody);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ExpiryInvalid.selector, 2 ** 48));
        commerce.createJob(seller, judge, 2 ** 48, "", nobody);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.HooksNotSupported.selector, anyone));
        commerce.createJob(seller, judge, later, "", anyone);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.DescriptionTooLong.selector, 1025));
        commerce.createJob(seller, judge, later, string(new bytes(1025)), nobody);
        assertEq(commerce.jobCount(), 0, "none");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotFound.selector, 1));
        commerce.getJob(1);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotFound.selector, 0));
        commerce.claimRefund(0);
    }

    function test_expiredJobsAreNotFunded() public {
        uint256 jobId = _create(seller);
        vm.warp(block.timestamp + 1 hours);
        vm.startPrank(buyer);
        commerce.setBudget(jobId, PRICE, "");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ExpiryInvalid.selector, block.timestamp));
        commerce.fund(jobId, PRICE, "");
        vm.stopPrank();
    }

    /// @dev A token that keeps a part would leave the escrow short of other jobs' money.
    function test_aTokenThatTaxesIsRefused() public {
        uint256 jobId = _create(seller);
        vm.prank(buyer);
        commerce.setBudget(jobId, PRICE, "");
        token.setTax(1);
        vm.expectRevert(IAgenticCommerce.TokenNotPlain.selector);
        vm.prank(buyer);
        commerce.fund(jobId, PRICE, "");
    }

    /// @dev The token calls the escrow back in the evaluator's place during the payment: all of it is locked.
    function test_reentrantTokensFindTheEscrowLocked() public {
        uint256 victim = _fund(seller);
        uint256 jobId = _fundFor(address(token));
        vm.prank(seller);
        commerce.submit(jobId, 0, "");
        uint256 expiring = _fund(seller);
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(commerce.complete, (jobId, 0, ""));
        calls[1] = abi.encodeCall(commerce.reject, (jobId, 0, ""));
        calls[2] = abi.encodeCall(commerce.claimRefund, (jobId));
        calls[3] = abi.encodeCall(commerce.claimRefund, (expiring));
        calls[4] = abi.encodeCall(commerce.fund, (victim, PRICE, ""));
        token.interfere(address(commerce), calls);
        vm.warp(block.timestamp + 1 hours);
        vm.prank(address(token));
        commerce.complete(jobId, 0, "");
        assertEq(token.succeeded(), 0, "no call back succeeded");
        assertBalances(2 * PRICE, PRICE, ALL - 3 * PRICE);
    }

    function _create(address provider) private returns (uint256 jobId) {
        vm.prank(buyer);
        jobId = commerce.createJob(provider, judge, block.timestamp + 1 hours, "a job", nobody);
    }

    function _fund(address provider) private returns (uint256 jobId) {
        jobId = _create(provider);
        _pay(jobId);
    }

    function _fundFor(address evaluator_) private returns (uint256 jobId) {
        vm.prank(buyer);
        jobId = commerce.createJob(seller, evaluator_, block.timestamp + 1 hours, "a job", nobody);
        _pay(jobId);
    }

    function _pay(uint256 jobId) private {
        vm.startPrank(buyer);
        commerce.setBudget(jobId, PRICE, "");
        commerce.fund(jobId, PRICE, "");
        vm.stopPrank();
    }

    function _expectNotAllowed(uint256 jobId, address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.NotAllowed.selector, jobId, caller));
        vm.prank(caller);
    }

    /// @dev Double claim: a job that has ended does nothing more, for nobody.
    function _expectAllRefused(uint256 jobId, IERC8183.JobStatus status) private {
        bytes memory refusal = abi.encodeWithSelector(IAgenticCommerce.StatusWrong.selector, jobId, status);
        vm.startPrank(judge);
        vm.expectRevert(refusal);
        commerce.complete(jobId, 0, "");
        vm.expectRevert(refusal);
        commerce.reject(jobId, 0, "");
        vm.expectRevert(refusal);
        commerce.claimRefund(jobId);
        vm.expectRevert(refusal);
        commerce.submit(jobId, 0, "");
        vm.expectRevert(refusal);
        commerce.fund(jobId, PRICE, "");
        vm.expectRevert(refusal);
        commerce.setBudget(jobId, PRICE, "");
        vm.expectRevert(refusal);
        commerce.setProvider(jobId, rival, "");
        vm.stopPrank();
    }
}
