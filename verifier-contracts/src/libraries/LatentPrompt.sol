// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {LibString} from "solady/utils/LibString.sol";

/// @title Latents as text and as a public signal
/// @notice A latent is eight integers of 8 bits. As text: 16 hex digits in lower case, two for each integer, the
///         first integer first. As a public signal: integer j at bits 8·j, as circuits with public inputs pack them.
/// @dev There is one text for each latent, and one latent for each text: so no second token of a latent.
library LatentPrompt {
    uint256 internal constant INTEGERS = 8;
    uint256 private constant DIGITS = 16;

    /// @return valid Whether the text is a latent.
    /// @return latent The public signal.
    function parse(bytes calldata text) internal pure returns (bool valid, uint64 latent) {
        if (text.length != DIGITS) return (false, 0);
        unchecked {
            for (uint256 i; i < DIGITS; ++i) {
                uint256 digit = uint8(text[i]);
                if (digit >= 0x30 && digit <= 0x39) digit -= 0x30; // 0 to 9
                else if (digit >= 0x61 && digit <= 0x66) digit -= 0x57; // a to f
                else return (false, 0);
                latent |= uint64(digit << ((i ^ 1) * 4)); // of a byte, the high digit is written first
            }
        }
        return (true, latent);
    }

    /// @notice The text of a latent.
    function format(uint64 latent) internal pure returns (string memory) {
        uint256 reversed;
        unchecked {
            for (uint256 j; j < INTEGERS; ++j) {
                reversed = (reversed << 8) | ((latent >> (8 * j)) & 0xff);
            }
        }
        return LibString.toHexStringNoPrefix(reversed, INTEGERS);
    }
}
