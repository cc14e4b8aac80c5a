// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {IERC8183} from "./interfaces/IERC8183.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Escrow of jobs
/// @dev See {IAgenticCommerce}. What makes it safe:
///      1. A job's description, client, evaluator and expiry never change; its provider is set once; its budget is
///         fixed by funding, at what the client expects.
///      2. A job's status goes forward and is set before money moves; what moves money is locked against re-entrance,
///         as the text demands. So its escrow leaves once, to the provider or to the client.
///      3. After expiry anyone sends the escrow back, unless the evaluator has ended the job first. Nobody is called
///         but the token: no hook can stand in the way.
contract AgenticCommerce is IAgenticCommerce, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct StoredJob {
        address client;
        uint48 expiredAt;
        JobStatus status;
        address provider;
        address evaluator;
        uint256 budget;
        string description;
    }

    uint256 private constant LONGEST_DESCRIPTION = 1024;

    /// @inheritdoc IAgenticCommerce
    IERC20 public immutable paymentToken;

    /// @inheritdoc IAgenticCommerce
    uint256 public jobCount;

    mapping(uint256 jobId => StoredJob) private _jobs;

    /// @param paymentToken_ What all jobs are paid with, a plain ERC-20.
    constructor(IERC20 paymentToken_) {
        paymentToken = paymentToken_;
    }

    /// @inheritdoc IERC8183
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external returns (uint256 jobId) {
        if (evaluator == address(0)) revert AddressMissing();
        if (expiredAt <= block.timestamp || expiredAt > type(uint48).max) revert ExpiryInvalid(expiredAt);
        if (hook != address(0)) revert HooksNotSupported(hook);
        if (bytes(description).length > LONGEST_DESCRIPTION) revert DescriptionTooLong(bytes(description).length);
        jobId = ++jobCount;
        _jobs[jobId] = StoredJob({
            client: msg.sender,
            expiredAt: uint48(expiredAt),
            status: JobStatus.Open,
            provider: provider,
            evaluator: evaluator,
            budget: 0,
            description: description
        });
        emit JobCreated(jobId, msg.sender, provider, evaluator, expiredAt);
    }

    /// @inheritdoc IERC8183
    function setProvider(uint256 jobId, address provider, bytes calldata) external {
        StoredJob storage job = _open(jobId);
        if (msg.sender != job.client) revert NotAllowed(jobId, msg.sender);
        if (job.provider != address(0)) revert ProviderFixed(jobId);
        if (provider == address(0)) revert AddressMissing();
        job.provider = provider;
        emit ProviderSet(jobId, provider);
    }

    /// @inheritdoc IERC8183
    function setBudget(uint256 jobId, uint256 amount, bytes calldata) external {
        StoredJob storage job = _open(jobId);
        if (msg.sender != job.client && msg.sender != job.provider) revert NotAllowed(jobId, msg.sender);
        job.budget = amount;
        emit BudgetSet(jobId, amount);
    }

    /// @inheritdoc IERC8183
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata) external nonReentrant {
        StoredJob storage job = _open(jobId);
        uint256 budget = job.budget;
        if (msg.sender != job.client) revert NotAllowed(jobId, msg.sender);
        if (job.provider == address(0)) revert ProviderMissing(jobId);
        if (budget == 0 || budget != expectedBudget) revert BudgetWrong(expectedBudget, budget);
        if (block.timestamp >= job.expiredAt) revert ExpiryInvalid(job.expiredAt);
        job.status = JobStatus.Funded;
        emit JobFunded(jobId, msg.sender, budget);
        uint256 before = paymentToken.balanceOf(address(this));
        paymentToken.safeTransferFrom(msg.sender, address(this), budget);
        if (paymentToken.balanceOf(address(this)) != before + budget) revert TokenNotPlain();
    }

    /// @inheritdoc IERC8183
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata) external {
        StoredJob storage job = _existing(jobId);
        if (job.status != JobStatus.Funded) revert StatusWrong(jobId, job.status);
        if (msg.sender != job.provider) revert NotAllowed(jobId, msg.sender);
        job.status = JobStatus.Submitted;
        emit JobSubmitted(jobId, msg.sender, deliverable);
    }

    /// @inheritdoc IERC8183
    function complete(uint256 jobId, bytes32 reason, bytes calldata) external nonReentrant {
        StoredJob storage job = _existing(jobId);
        if (job.status != JobStatus.Submitted) revert StatusWrong(jobId, job.status);
        if (msg.sender != job.evaluator) revert NotAllowed(jobId, msg.sender);
        (address provider, uint256 budget) = (job.provider, job.budget);
        job.status = JobStatus.Completed;
        emit JobCompleted(jobId, msg.sender, reason);
        emit PaymentReleased(jobId, provider, budget);
        paymentToken.safeTransfer(provider, budget);
    }

    /// @inheritdoc IERC8183
    function reject(uint256 jobId, bytes32 reason, bytes calldata) external nonReentrant {
        StoredJob storage job = _existing(jobId);
        bool isOpen = job.status == JobStatus.Open;
        if (!isOpen && !_isEscrowed(job)) revert StatusWrong(jobId, job.status);
        if (msg.sender != (isOpen ? job.client : job.evaluator)) revert NotAllowed(jobId, msg.sender);
        job.status = JobStatus.Rejected;
        emit JobRejected(jobId, msg.sender, reason);
        if (!isOpen) _refund(jobId, job);
    }

    /// @inheritdoc IERC8183
    function claimRefund(uint256 jobId) external nonReentrant {
        StoredJob storage job = _existing(jobId);
        if (!_isEscrowed(job)) revert StatusWrong(jobId, job.status);
        if (block.timestamp < job.expiredAt) revert ExpiryInvalid(job.expiredAt);
        job.status = JobStatus.Expired;
        emit JobExpired(jobId);
        _refund(jobId, job);
    }

    /// @inheritdoc IERC8183
    function getJob(uint256 jobId) external view returns (Job memory) {
        StoredJob storage job = _existing(jobId);
        return Job({
            id: jobId,
            client: job.client,
            provider: job.provider,
            evaluator: job.evaluator,
            description: job.description,
            budget: job.budget,
            expiredAt: job.expiredAt,
            status: job.status,
            hook: address(0)
        });
    }

    /// @dev The status is set before: this is the last step.
    function _refund(uint256 jobId, StoredJob storage job) private {
        (address client, uint256 budget) = (job.client, job.budget);
        emit Refunded(jobId, client, budget);
        paymentToken.safeTransfer(client, budget);
    }

    function _isEscrowed(StoredJob storage job) private view returns (bool) {
        return job.status == JobStatus.Funded || job.status == JobStatus.Submitted;
    }

    function _open(uint256 jobId) private view returns (StoredJob storage job) {
        job = _existing(jobId);
        if (job.status != JobStatus.Open) revert StatusWrong(jobId, job.status);
    }

    function _existing(uint256 jobId) private view returns (StoredJob storage job) {
        job = _jobs[jobId];
        if (job.client == address(0)) revert JobNotFound(jobId);
    }
}
