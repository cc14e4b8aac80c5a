// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title The tree over a test set's rows
/// @notice A place in the tree is an index, and each index has one leaf: unlike in a tree of sorted pairs, no row can
///         stand twice in the same place, say with two classes. Leaves have a domain of their own and inner nodes are
///         hashes of 64 bytes, so that no inner node passes for a leaf.
library TestRows {
    /// @dev Longer than 32 bytes with the label alone: no leaf's preimage is as long as a node's.
    bytes private constant DOMAIN = "zkserve-test-row-v1";

    /// @notice The leaf of a row.
    function leaf(uint256[] calldata input, uint32 label) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(DOMAIN, uint256(label), input));
    }

    /// @notice Whether a leaf stands at `index` of a tree over `rows` rows.
    /// @param path Siblings from the leaf up; one for each doubling that `rows` takes.
    function contains(bytes32 root, uint256 rows, uint256 index, bytes32 node, bytes32[] calldata path)
        internal
        pure
        returns (bool)
    {
        if (index >= rows) return false;
        uint256 width = 1;
        for (uint256 i; i < path.length; ++i) {
            if (width >= rows) return false;
            node = index & width == 0 ? _parent(node, path[i]) : _parent(path[i], node);
            width <<= 1;
        }
        return width >= rows && node == root;
    }

    function _parent(bytes32 left, bytes32 right) private pure returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            node := keccak256(0x00, 0x40)
        }
    }
}
