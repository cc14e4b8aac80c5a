// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title ERC-8183's Agentic Commerce: a job with an escrowed budget, which an evaluator alone may complete
/// @dev Functions and events as https://eips.ethereum.org/EIPS/eip-8183 names them, with all its optional parameters.
///      The text fixes neither Solidity types of these nor indexed parameters nor a function that reads jobs; those
///      are as in its authors' reference (github.com/erc-8183/base-contracts).
interface IERC8183 {
    /// @notice Open → Funded → Submitted → Completed, Rejected or Expired.
    enum JobStatus {
        Open,
        Funded,
        Submitted,
        Completed,
        Rejected,
        Expired
    }

    /// @notice A job.
    /// @param id Its number.
    /// @param client Who pays and is refunded.
    /// @param provider Who works and is paid; zero until it is set.
    /// @param evaluator Who completes or rejects.
    /// @param description What is to be done; never changes.
    /// @param budget In units of the payment token.
    /// @param expiredAt From this second since 1970 on, anyone may have an escrow refunded.
    /// @param status Where it stands.
    /// @param hook A contract called around functions, or zero.
    struct Job {
        uint256 id;
        address client;
        address provider;
        address evaluator;
        string description;
        uint256 budget;
        uint256 expiredAt;
        JobStatus status;
        address hook;
    }

    event JobCreated(
        uint256 indexed jobId, address indexed client, address indexed provider, address evaluator, uint256 expiredAt
    );
    event ProviderSet(uint256 indexed jobId, address indexed provider);
    event BudgetSet(uint256 indexed jobId, uint256 amount);
    event JobFunded(uint256 indexed jobId, address indexed client, uint256 amount);
    event JobSubmitted(uint256 indexed jobId, address indexed provider, bytes32 deliverable);
    event JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason);
    event JobRejected(uint256 indexed jobId, address indexed rejector, bytes32 reason);
    event JobExpired(uint256 indexed jobId);
    event PaymentReleased(uint256 indexed jobId, address indexed provider, uint256 amount);
    event Refunded(uint256 indexed jobId, address indexed client, uint256 amount);

    /// @notice Creates a job of the caller's. Provider and hook may be zero.
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external returns (uint256 jobId);

    /// @notice Sets the provider of an open job that has none. Client only.
    function setProvider(uint256 jobId, address provider, bytes calldata optParams) external;

    /// @notice Sets the price of an open job. Client or provider only.
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams) external;

    /// @notice Escrows the budget, if it is still the expected one. Client only.
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external;

    /// @notice Says that the work is done. Provider only.
    /// @param deliverable A reference to the work.
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external;

    /// @notice Pays the provider of submitted work. Evaluator only.
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Ends a job and refunds its escrow. Client while it is open, then the evaluator.
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Refunds the escrow of an expired job. Anyone may.
    function claimRefund(uint256 jobId) external;

    /// @notice A job.
    function getJob(uint256 jobId) external view returns (Job memory);
}
