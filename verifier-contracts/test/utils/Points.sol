// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Bn254} from "../../src/libraries/Bn254.sol";

/// @title Points and keys for tests, plainly computed
library Points {
    struct G1 {
        uint256 x;
        uint256 y;
    }

    function generator() internal pure returns (G1 memory) {
        return G1(1, 2);
    }

    function mul(G1 memory point, uint256 scalar) internal view returns (G1 memory) {
        (bool ok, bytes memory result) = address(7).staticcall(abi.encode(point.x, point.y, scalar));
        require(ok, "ecMul");
        return abi.decode(result, (G1));
    }

    function add(G1 memory left, G1 memory right) internal view returns (G1 memory) {
        (bool ok, bytes memory result) = address(6).staticcall(abi.encode(left.x, left.y, right.x, right.y));
        require(ok, "ecAdd");
        return abi.decode(result, (G1));
    }

    function negate(G1 memory point) internal pure returns (G1 memory) {
        return G1(point.x, point.y == 0 ? 0 : Bn254.Q - point.y);
    }

    /// @dev The word at a byte offset of a key.
    function word(bytes memory key, uint256 offset) internal pure returns (uint256 value) {
        assembly {
            value := mload(add(add(key, 32), offset))
        }
    }

    /// @dev A copy of a key with one word changed.
    function withWord(bytes memory key, uint256 offset, uint256 value) internal pure returns (bytes memory changed) {
        changed = bytes.concat(key);
        assembly {
            mstore(add(add(changed, 32), offset), value)
        }
    }

    /// @dev A copy of a key with `length` bytes at `to` overwritten by those at `from`.
    function withCopy(bytes memory key, uint256 from, uint256 to, uint256 length)
        internal
        pure
        returns (bytes memory changed)
    {
        changed = bytes.concat(key);
        for (uint256 i; i < length; i += 32) {
            changed = withWord(changed, to + i, word(key, from + i));
        }
    }

    function g1(bytes memory key, uint256 offset) internal pure returns (G1 memory) {
        return G1(word(key, offset), word(key, offset + 32));
    }

    /// @dev IC_0 + Σ signals_i · IC_i.
    function inputs(bytes memory key, uint256[] memory signals) internal view returns (G1 memory x) {
        x = g1(key, 448);
        for (uint256 i; i < signals.length; ++i) {
            x = add(x, mul(g1(key, 512 + 64 * i), signals[i]));
        }
    }
}
