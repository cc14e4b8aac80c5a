// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IAccessGrants} from "../interfaces/IAccessGrants.sol";

/// @title Base of contracts that act for those alone who hold a grant of the model
/// @dev Refuses where the user has no grant, and where the version lacks a dataset's: a consumer that asks this acts on no
///      answer of a model whose data were taken back. Who the user is, is for the heir to say: `msg.sender`, or whom the
///      proof names. The verifier does not ask: an answer is right or wrong, whoever paid for it.
abstract contract GrantGuard {
    /// @notice Where grants are kept, for good.
    IAccessGrants public immutable grants;

    /// @notice The user has no grant, or the version is not usable.
    error AccessRefused(address registry, uint256 modelId, uint32 version, address user);

    constructor(IAccessGrants grants_) {
        grants = grants_;
    }

    /// @dev Reverts unless the user may use the version now.
    function _requireAccess(address registry, uint256 modelId, uint32 version, address user) internal view {
        if (grants.accessUntil(registry, modelId, version, user) < block.timestamp) {
            revert AccessRefused(registry, modelId, version, user);
        }
    }
}
