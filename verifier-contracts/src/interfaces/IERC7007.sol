// SPDX-License-Identifier: CC0-1.0
pragma solidity ^0.8.20;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title ERC-7007: verifiable AI-generated content token
/// @notice Functions and event as in the text of https://eips.ethereum.org/EIPS/eip-7007.
/// @dev ERC-165 identifier 0x702c55a6.
interface IERC7007 is IERC165, IERC721 {
    /// @notice AI-generated content was added to a token.
    event AigcData(uint256 indexed tokenId, bytes indexed prompt, bytes indexed aigcData, bytes proof);

    /// @notice Adds content to the token of a prompt.
    function addAigcData(uint256 tokenId, bytes calldata prompt, bytes calldata aigcData, bytes calldata proof)
        external;

    /// @notice Whether the proof shows that the model made `aigcData` from `prompt`.
    function verify(bytes calldata prompt, bytes calldata aigcData, bytes calldata proof)
        external
        view
        returns (bool success);
}
