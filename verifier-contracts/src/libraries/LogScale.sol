// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title Magnitudes in eight bits
library LogScale {
    /// @notice Four steps an octave, linear within it: 0 for 0, else 1 + 4·e + f, where 2^e ≤ x and f is the number
    ///         that the next two bits of x make; at most 255.
    function stepOf(uint256 x) internal pure returns (uint256 step) {
        if (x == 0) return 0;
        unchecked {
            uint256 e = FixedPointMathLib.log2(x);
            uint256 f = e >= 2 ? (x >> (e - 2)) & 3 : (x << (2 - e)) & 3;
            step = 1 + 4 * e + f;
        }
        return step < 255 ? step : 255;
    }
}
