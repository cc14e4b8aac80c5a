// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IGuardedVault} from "../interfaces/IGuardedVault.sol";
import {PriceWalk} from "./PriceWalk.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What a vault's limits leave of a move
library MoveLimits {
    uint256 internal constant BASIS = 10_000;

    /// @dev Four strategies that burn all of it leave enough for a depositor to leave: a transaction has 2^24 gas at
    ///      most (EIP-7825).
    uint256 private constant MOST_CALL_GAS = 3_000_000;

    /// @dev The whole, where shares of it are summed up.
    uint256 private constant WAD = 1e18;

    /// @notice A position at its strategy's price now.
    struct Quote {
        uint256 shares;
        uint256 cost;
        uint256 observed;
        uint256 price;
    }

    /// @notice What a vault has, in units of its asset, each position at one of its values.
    /// @param idle In no strategy; in all the others as well.
    /// @param low At cost, at the price now or as observed, whichever is least.
    /// @param lesser At the price now or as observed.
    /// @param current At the price now.
    /// @param greater At the price now or as observed.
    /// @param high At cost, at the price now or as observed, whichever is most.
    struct Whole {
        uint256 idle;
        uint256 low;
        uint256 lesser;
        uint256 current;
        uint256 greater;
        uint256 high;
    }

    /// @notice A move: amount as in {IGuardedVault-Moved}; shares of the strategy, of a move out alone.
    struct Move {
        uint256 strategy;
        bool into;
        uint256 amount;
        uint256 shares;
    }

    /// @notice Sums a vault up.
    function sum(Quote[] memory quotes, uint256 idle) internal pure returns (Whole memory whole) {
        whole = Whole(idle, idle, idle, idle, idle, idle);
        for (uint256 k; k < quotes.length; ++k) {
            Quote memory quote = quotes[k];
            uint256 current = PriceWalk.valueOf(quote.shares, quote.price);
            uint256 observed = PriceWalk.valueOf(quote.shares, quote.observed);
            whole.current += current;
            whole.lesser += Math.min(current, observed);
            whole.low += Math.min(quote.cost, Math.min(current, observed));
            whole.greater += Math.max(current, observed);
            whole.high += Math.max(quote.cost, Math.max(current, observed));
        }
    }

    /// @notice A position at its greatest value.
    function highOf(Quote memory quote) internal pure returns (uint256) {
        return Math.max(quote.cost, PriceWalk.valueOf(quote.shares, Math.max(quote.price, quote.observed)));
    }

    /// @notice Reverts unless limits are within their ranges.
    function check(IGuardedVault.Limits memory limits) internal pure {
        bool shares = limits.move != 0 && limits.move <= limits.day && limits.day <= BASIS && limits.share <= BASIS
            && limits.reserve <= BASIS && limits.slippage < BASIS;
        bool prices = limits.drawdown != 0 && limits.drawdown < BASIS && limits.band != 0 && limits.band < BASIS;
        bool times = limits.cooldown >= 1 hours && limits.interval >= 1 days;
        bool gas = limits.callGas >= 200_000 && limits.callGas <= MOST_CALL_GAS;
        if (!shares || !prices || !times || !gas) revert IGuardedVault.TermsInvalid();
    }

    /// @notice What may go into a strategy.
    /// @param held What the strategy has, at its greatest value.
    /// @param spent What share moves into strategies had in the last 24 hours.
    function roomInto(IGuardedVault.Limits memory limits, Whole memory whole, uint256 held, uint256 spent)
        internal
        pure
        returns (uint256 room)
    {
        room = Math.min(roomOut(limits, whole, spent), Math.saturatingSub(part(whole.low, limits.share), held));
        // Rounded up: the reserve is a least amount.
        uint256 reserve = Math.ceilDiv(whole.high * limits.reserve, BASIS);
        room = Math.min(room, Math.saturatingSub(whole.idle, reserve));
    }

    /// @notice What may come out of strategies.
    /// @param spent What share moves out of strategies had in the last 24 hours.
    function roomOut(IGuardedVault.Limits memory limits, Whole memory whole, uint256 spent)
        internal
        pure
        returns (uint256)
    {
        uint256 left = Math.saturatingSub(uint256(limits.day) * (WAD / BASIS), spent);
        return Math.min(part(whole.low, limits.move), whole.low * left / WAD);
    }

    /// @notice The share of the whole that a move has, in 10^18ths, rounded up. Shares are what is summed up, not
    ///         amounts: else who deposits much for a moment could use up the day of all others.
    function shareOf(Whole memory whole, uint256 amount) internal pure returns (uint256) {
        return Math.ceilDiv(amount * WAD, whole.low);
    }

    function part(uint256 amount, uint256 share) internal pure returns (uint256) {
        return amount * share / BASIS;
    }
}
