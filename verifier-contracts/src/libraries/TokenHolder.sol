// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title Whom an ERC-721 token belongs to, whatever its contract answers
library TokenHolder {
    /// @notice The holder; zero where there is no such token or contract, or it answers what is no address.
    function holderOf(address registry, uint256 tokenId) internal view returns (address) {
        bytes memory data = abi.encodeCall(IERC721.ownerOf, (tokenId));
        bool success;
        uint256 holder;
        assembly ("memory-safe") {
            success := staticcall(gas(), registry, add(data, 0x20), mload(data), 0x00, 0x20)
            success := and(success, gt(returndatasize(), 0x1f))
            if success { holder := mload(0x00) }
        }
        return holder > type(uint160).max ? address(0) : address(uint160(holder));
    }
}
