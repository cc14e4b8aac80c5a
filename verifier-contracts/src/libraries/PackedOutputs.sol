// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Integer outputs as a proof's public signals carry them
/// @notice Each output is a lane of 32 bits, two's complement; lane j of a word stands at bits 32·j; seven lanes
///         make a word, so output k is lane k mod 7 of word k / 7.
library PackedOutputs {
    uint256 internal constant LANES = 7;

    /// @notice The k-th output.
    /// @param signals The signals that hold the outputs, and possibly others.
    /// @param first Index of the first signal that holds outputs.
    function lane(uint256[] calldata signals, uint256 first, uint256 k) internal pure returns (int32) {
        return int32(uint32(signals[first + k / LANES] >> (32 * (k % LANES))));
    }

    /// @notice The index of the largest of `count` outputs; the lowest index of a tie, as in ONNX.
    function argmax(uint256[] calldata signals, uint256 first, uint256 count) internal pure returns (uint256 best) {
        int256 highest = type(int256).min;
        uint256 k;
        unchecked {
            while (k < count) {
                uint256 word = signals[first + k / LANES];
                uint256 end = k + LANES < count ? k + LANES : count;
                for (; k < end; ++k) {
                    int256 value = int32(uint32(word));
                    if (value > highest) (best, highest) = (k, value);
                    word >>= 32;
                }
            }
        }
    }
}
