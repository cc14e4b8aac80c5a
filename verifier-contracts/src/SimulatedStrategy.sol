// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title An ERC-4626 strategy whose fortune one account makes, for examples and tests
/// @notice Whoever sends the asset here makes a gain of all holders; the market takes losses away. Not for real money:
///         the market may take everything.
contract SimulatedStrategy is ERC4626 {
    address public immutable market;

    /// @notice Only the market takes.
    error NotMarket(address caller);

    constructor(IERC20 asset_, address market_) ERC20("Simulated strategy", "SIM") ERC4626(asset_) {
        market = market_;
    }

    /// @notice Makes a loss of all holders.
    /// @param amount In units of the asset.
    function lose(uint256 amount) external {
        if (msg.sender != market) revert NotMarket(msg.sender);
        SafeERC20.safeTransfer(IERC20(asset()), market, amount);
    }
}
