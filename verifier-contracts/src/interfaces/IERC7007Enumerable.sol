// SPDX-License-Identifier: CC0-1.0
pragma solidity ^0.8.20;

import {IERC7007} from "./IERC7007.sol";

/// @title ERC-7007, optional enumeration extension
/// @dev ERC-165 identifier 0xfa1a557a.
interface IERC7007Enumerable is IERC7007 {
    /// @notice The token of a prompt.
    function tokenId(bytes calldata prompt) external view returns (uint256);

    /// @notice The prompt of a token.
    function prompt(uint256 tokenId) external view returns (string memory);
}
