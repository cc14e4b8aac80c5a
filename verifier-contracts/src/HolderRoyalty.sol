// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IHolderRoyalty} from "./interfaces/IHolderRoyalty.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Tokens whose holders set their royalties
/// @dev See {IHolderRoyalty}. Half is the cap, because whoever splits a fee here believes no more than half.
abstract contract HolderRoyalty is IHolderRoyalty, ERC721, ERC2981 {
    uint16 private constant MOST_BPS = 5_000;

    /// @inheritdoc IHolderRoyalty
    function setRoyalty(uint256 tokenId, address receiver, uint16 bps) external {
        if (_ownerOf(tokenId) != msg.sender) revert NotHolder(tokenId, msg.sender);
        if (bps > MOST_BPS) revert RoyaltyTooHigh(bps, MOST_BPS);
        if (receiver == address(0)) {
            bps = 0;
            _resetTokenRoyalty(tokenId);
        } else {
            _setTokenRoyalty(tokenId, receiver, bps);
        }
        emit RoyaltySet(tokenId, receiver, bps);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId)
        public
        view
        virtual
        override(ERC721, ERC2981, IERC165)
        returns (bool)
    {
        return super.supportsInterface(interfaceId);
    }
}
