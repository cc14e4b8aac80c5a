// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Observed prices that no single observation can throw far, and their changes as a model sees them
library PriceWalk {
    /// @notice Shares for which prices are given.
    uint256 internal constant PROBE = 1e24;

    uint256 private constant BASIS = 10_000;
    int256 private constant STEP = 8;

    /// @notice A price after an observation: `current`, but at most `band` ten-thousandths from the one before.
    /// @param price The one before, not zero.
    /// @param current What the strategy says; 0 where it says nothing, which counts as a fall.
    function next(uint256 price, uint256 current, uint256 band) internal pure returns (uint256) {
        uint256 most = price * band / BASIS;
        if (current > price + most) return price + most;
        return current < price - most ? price - most : current;
    }

    /// @notice Whether a price is within `band` ten-thousandths of the observed one.
    function isNear(uint256 price, uint256 current, uint256 band) internal pure returns (bool) {
        return next(price, current, band) == current;
    }

    /// @notice The last four changes, with that from `price` to `current` in front.
    function push(uint32 changes, uint256 price, uint256 current) internal pure returns (uint32) {
        int256 change = (int256(current) - int256(price)) * int256(BASIS) / int256(price) / STEP + 128;
        if (change < 0) change = 0;
        if (change > 255) change = 255;
        return changes << 8 | uint32(uint256(change));
    }

    /// @notice What shares are worth at a price.
    function valueOf(uint256 shares, uint256 price) internal pure returns (uint256) {
        return shares * price / PROBE;
    }
}
