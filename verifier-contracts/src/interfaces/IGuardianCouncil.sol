// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IModelFamily} from "./IModelFamily.sol";

/// @title Council of guardians who can deprecate a family's version together, at once
/// @notice Members and their quorum are fixed at deployment: a family's vote replaces the council as a whole. An
///         objection stands until its member withdraws it.
interface IGuardianCouncil {
    /// @notice A member wants a version deprecated.
    event Objected(IModelFamily indexed family, uint32 indexed version, address indexed member, uint256 objections);

    /// @notice A member no longer wants it.
    event ObjectionWithdrawn(IModelFamily indexed family, uint32 indexed version, address indexed member);

    /// @notice Members must differ and not be zero, and the quorum be of 1 to all of them.
    error CouncilInvalid();

    /// @notice The caller is no member.
    error NotMember(address caller);

    /// @notice The member has objected already.
    error AlreadyObjected(address member);

    /// @notice The member has not objected.
    error NotObjected(address member);

    /// @notice Objects to a version; with the quorum's last objection it is deprecated. Members only.
    function object(IModelFamily family, uint32 version) external;

    /// @notice Takes an objection back. Members only.
    function withdrawObjection(IModelFamily family, uint32 version) external;

    /// @notice Whether an account is a member.
    function isMember(address account) external view returns (bool);

    /// @notice How many members must object.
    function quorum() external view returns (uint256);

    /// @notice How many members object to a version.
    function objectionsTo(IModelFamily family, uint32 version) external view returns (uint256);
}
