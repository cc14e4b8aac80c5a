// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {PackedOutputs} from "../src/libraries/PackedOutputs.sol";
import {Assertions} from "./utils/Assertions.sol";

/// @title Packed outputs unpack to what was packed; argmax takes the lowest index of a tie
contract PackedOutputsTest is Assertions {
    function argmax(uint256[] calldata signals, uint256 first, uint256 count) external pure returns (uint256) {
        return PackedOutputs.argmax(signals, first, count);
    }

    function lane(uint256[] calldata signals, uint256 first, uint256 k) external pure returns (int32) {
        return PackedOutputs.lane(signals, first, k);
    }

    function testFuzz_lanesRoundTrip(int32[17] memory outputs, uint256 commitment) public view {
        uint256[] memory signals = _pack(outputs, commitment);
        for (uint256 k; k < 17; ++k) {
            assertTrue(this.lane(signals, 1, k) == outputs[k], "lane");
        }
    }

    function testFuzz_argmaxIsTheFirstHighest(int32[17] memory outputs, uint256 count) public view {
        count = 1 + count % 17;
        _assertArgmax(outputs, count);
    }

    /// @dev Few different values: many ties.
    function testFuzz_tiesGoToTheLowestIndex(uint256 seed) public view {
        int32[17] memory outputs;
        for (uint256 k; k < 17; ++k) {
            outputs[k] = int32(int256((seed >> k) % 2)) - 1;
        }
        _assertArgmax(outputs, 17);
    }

    function test_extremes() public view {
        int32[17] memory outputs;
        for (uint256 k; k < 17; ++k) {
            outputs[k] = type(int32).min;
        }
        _assertArgmax(outputs, 17);
        outputs[7] = type(int32).max;
        outputs[8] = type(int32).max;
        _assertArgmax(outputs, 17);
        outputs[0] = -1;
        _assertArgmax(outputs, 7);
    }

    function _assertArgmax(int32[17] memory outputs, uint256 count) private view {
        uint256 best;
        for (uint256 k; k < count; ++k) {
            if (outputs[k] > outputs[best]) best = k;
        }
        assertEq(this.argmax(_pack(outputs, 5), 1, count), best, "argmax");
    }

    function _pack(int32[17] memory outputs, uint256 commitment) private pure returns (uint256[] memory signals) {
        signals = new uint256[](4);
        signals[0] = commitment;
        for (uint256 k; k < 17; ++k) {
            signals[1 + k / 7] |= uint256(uint32(outputs[k])) << (32 * (k % 7));
        }
    }
}
