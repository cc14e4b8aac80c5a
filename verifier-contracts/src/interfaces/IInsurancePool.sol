// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title The money behind policies
/// @notice An ERC-4626 vault whose shares are shares of one season's risk. Providers put money in until sales end. Until
///         then they may take out what is not reserved, and no premium counts yet. Then the pool is closed until the
///         last policy has ended: nobody leaves when the weather turns bad, or comes when it turns good.
/// @dev The asset must be a plain ERC-20: no fee on transfers, no rebasing. Shares have six more decimals than the asset
///      (OpenZeppelin's virtual shares): whoever inflates their price loses more than the next provider.
///      Always: balance ≥ owed + reserved + premiums of policies under way.
interface IInsurancePool {
    /// @notice An account took its credit out.
    event Collected(address indexed account, address indexed to, uint256 amount);

    /// @notice The account has no credit.
    error NothingToCollect(address account);

    /// @notice Sends the caller's payouts and returned premiums away.
    /// @return amount In units of the asset.
    function collect(address to) external returns (uint256 amount);

    /// @notice What an account may collect.
    function creditOf(address account) external view returns (uint256);

    /// @notice What all accounts may collect.
    function owed() external view returns (uint256);

    /// @notice Coverage of all policies under way.
    function reserved() external view returns (uint256);

    /// @notice Premiums of all policies but the void ones. They are the providers' when sales have ended.
    function premiums() external view returns (uint256);

    /// @notice What can be taken out or insured now.
    function freeAssets() external view returns (uint256);

    /// @notice Whether policies are sold and money is taken in.
    function isOpen() external view returns (bool);
}
