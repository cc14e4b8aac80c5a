// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAccessGrants} from "../interfaces/IAccessGrants.sol";

/// @title What of a payment belongs to whom as time passes
/// @notice Evenly from `vestedFrom` to `paidUntil`, rounded in favour of what is still open, so that collecting often
///         makes nothing of nothing.
library Vesting {
    /// @notice What has become the holder's by now, in wei.
    function vested(IAccessGrants.Grant memory grant) internal view returns (uint96) {
        if (block.timestamp >= grant.paidUntil) return grant.escrow;
        if (block.timestamp <= grant.vestedFrom) return 0;
        uint256 passed = block.timestamp - grant.vestedFrom;
        return uint96(grant.escrow * passed / (grant.paidUntil - grant.vestedFrom));
    }

    /// @notice Takes out what has vested; less than a wei stays where it is, and so does its time.
    function take(IAccessGrants.Grant memory grant) internal view returns (uint96 amount) {
        amount = vested(grant);
        if (amount == 0) return 0;
        grant.escrow -= amount;
        grant.vestedFrom = uint48(block.timestamp);
    }

    /// @notice Adds the payment for a time after all that was granted before. What of an earlier payment is open is
    ///         spread with it over the whole.
    /// @param duration In seconds.
    /// @param cost In wei.
    function extend(IAccessGrants.Grant memory grant, uint256 duration, uint96 cost) internal view {
        uint256 start = grant.expires > block.timestamp ? grant.expires : block.timestamp;
        uint256 end = start + duration;
        if (end > type(uint48).max) revert IAccessGrants.ExpiryNotLater(grant.expires, type(uint48).max);
        if (grant.escrow == 0) grant.vestedFrom = uint48(start);
        // Less than a wei of time that passed would count for the new payment too.
        else if (grant.vestedFrom < block.timestamp) grant.vestedFrom = uint48(block.timestamp);
        grant.expires = uint48(end);
        grant.paidUntil = uint48(end);
        grant.escrow += cost;
    }
}
