// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";

/// @title Royalties that the holder of a token sets (ERC-2981)
/// @notice What `royaltyInfo` names is due of a sale of the token, and of what its use is paid for: oracle answers,
///         grants of access. It stays when the token changes hands, until the new holder sets it.
interface IHolderRoyalty is IERC2981 {
    /// @notice A token's royalty was set; none where the receiver is zero.
    event RoyaltySet(uint256 indexed tokenId, address indexed receiver, uint16 bps);

    /// @notice The caller does not hold the token.
    error NotHolder(uint256 tokenId, address caller);

    /// @notice The share is above the cap.
    error RoyaltyTooHigh(uint16 bps, uint16 most);

    /// @notice Sets the royalty of a token. Holder only.
    /// @param tokenId The token.
    /// @param receiver Who gets it; zero for no royalty.
    /// @param bps The share of a price, in hundredths of a percent, at most 5,000.
    function setRoyalty(uint256 tokenId, address receiver, uint16 bps) external;
}
