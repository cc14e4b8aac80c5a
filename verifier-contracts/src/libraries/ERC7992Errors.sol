// SPDX-License-Identifier: CC0-1.0
pragma solidity ^0.8.20;

/// @title The error of ERC-7992 that shares its name with an event
/// @dev Declared apart from {IERCZKMLRegistry}, because Solidity takes one declaration of a name per interface.
library ERC7992Errors {
    /// @notice The model is deprecated already.
    error ModelDeprecated(uint256 modelId);
}
