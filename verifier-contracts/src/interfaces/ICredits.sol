// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Ether that a contract owes, withdrawn by whom it belongs to
interface ICredits {
    /// @notice An account took its credit out.
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice The account has no credit.
    error NothingToWithdraw(address account);

    /// @notice The receiver did not take the money; the credit stays.
    error WithdrawalFailed(address to);

    /// @notice Sends the caller's whole credit away.
    /// @return amount In wei.
    function withdraw(address to) external returns (uint256 amount);

    /// @notice What an account may withdraw, in wei.
    function creditOf(address account) external view returns (uint256);
}
