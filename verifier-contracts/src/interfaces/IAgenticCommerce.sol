// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC8183} from "./IERC8183.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A small escrow by ERC-8183: one plain ERC-20 token, no hooks, no fee, no administrator
/// @notice Jobs are numbered from 1. Money goes where the text sends it, in the transaction that ends a job: to the
///         provider by `complete`, else to the client. The token must be plain: no fee on transfers, no rebasing.
interface IAgenticCommerce is IERC8183 {
    /// @notice There is no such job.
    error JobNotFound(uint256 jobId);

    /// @notice The job's status does not allow this.
    error StatusWrong(uint256 jobId, JobStatus status);

    /// @notice This role is another's.
    error NotAllowed(uint256 jobId, address caller);

    /// @notice Evaluator, or provider to be set, must not be zero.
    error AddressMissing();

    /// @notice The time of expiry has passed; or, to refund, has not.
    error ExpiryInvalid(uint256 expiredAt);

    /// @notice This escrow calls no hooks.
    error HooksNotSupported(address hook);

    /// @notice A description has at most 1,024 bytes.
    error DescriptionTooLong(uint256 length);

    /// @notice The job has a provider, whom nobody can change.
    error ProviderFixed(uint256 jobId);

    /// @notice Nobody was chosen to do the job.
    error ProviderMissing(uint256 jobId);

    /// @notice The budget is zero, or not what the client expects.
    error BudgetWrong(uint256 expected, uint256 actual);

    /// @notice The token arrived short: it is not a plain one.
    error TokenNotPlain();

    /// @notice What is paid with.
    function paymentToken() external view returns (IERC20);

    /// @notice How many jobs there are.
    function jobCount() external view returns (uint256);
}
