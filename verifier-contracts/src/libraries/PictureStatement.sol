// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {PackedOutputs} from "./PackedOutputs.sol";

/// @title The statement that a model made a picture from a latent
/// @notice [latent, words of outputs]: pixel k is output k, an integer from 0 to 255, in a lane of {PackedOutputs}.
/// @dev The statement is made of the picture itself, so what is proven and what is stored cannot differ.
library PictureStatement {
    /// @notice How many signals hold so many pixels.
    function wordsOf(uint256 pixels) internal pure returns (uint256) {
        return (pixels + PackedOutputs.LANES - 1) / PackedOutputs.LANES;
    }

    /// @notice The statement, in about 230 gas a word.
    function make(uint64 latent, bytes calldata picture) internal pure returns (uint256[] memory statement) {
        statement = new uint256[](1 + wordsOf(picture.length));
        statement[0] = latent;
        unchecked {
            uint256 next;
            for (uint256 i = 1; i < statement.length; ++i) {
                // Beyond the picture's end the slice is filled with zeros, as the circuit fills the last word.
                statement[i] = _spread(uint56(bytes7(picture[next:])));
                next += PackedOutputs.LANES;
            }
        }
    }

    /// @dev Seven bytes, the first one highest, as seven lanes, the first one lowest.
    function _spread(uint256 bytes_) private pure returns (uint256) {
        return (bytes_ >> 48) | ((bytes_ >> 40) & 0xff) << 32 | ((bytes_ >> 32) & 0xff) << 64
            | ((bytes_ >> 24) & 0xff) << 96 | ((bytes_ >> 16) & 0xff) << 128 | ((bytes_ >> 8) & 0xff) << 160
            | (bytes_ & 0xff) << 192;
    }
}
