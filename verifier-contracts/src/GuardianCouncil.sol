// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IGuardianCouncil} from "./interfaces/IGuardianCouncil.sol";
import {IModelFamily} from "./interfaces/IModelFamily.sol";

/// @title Council of guardians
/// @dev See {IGuardianCouncil}. It calls nothing but `deprecate`, and only when its books are written.
contract GuardianCouncil is IGuardianCouncil {
    /// @inheritdoc IGuardianCouncil
    uint256 public immutable quorum;

    /// @inheritdoc IGuardianCouncil
    mapping(address account => bool) public isMember;

    /// @inheritdoc IGuardianCouncil
    mapping(IModelFamily family => mapping(uint32 version => uint256)) public objectionsTo;

    mapping(IModelFamily family => mapping(uint32 version => mapping(address member => bool))) private _objects;

    modifier onlyMember() {
        if (!isMember[msg.sender]) revert NotMember(msg.sender);
        _;
    }

    /// @param members Who may object.
    /// @param quorum_ How many of them must.
    constructor(address[] memory members, uint256 quorum_) {
        if (quorum_ == 0 || quorum_ > members.length) revert CouncilInvalid();
        for (uint256 i; i < members.length; ++i) {
            if (members[i] == address(0) || isMember[members[i]]) revert CouncilInvalid();
            isMember[members[i]] = true;
        }
        quorum = quorum_;
    }

    /// @inheritdoc IGuardianCouncil
    function object(IModelFamily family, uint32 version) external onlyMember {
        if (_objects[family][version][msg.sender]) revert AlreadyObjected(msg.sender);
        _objects[family][version][msg.sender] = true;
        uint256 objections = ++objectionsTo[family][version];
        emit Objected(family, version, msg.sender, objections);
        if (objections >= quorum) family.deprecate(version);
    }

    /// @inheritdoc IGuardianCouncil
    function withdrawObjection(IModelFamily family, uint32 version) external onlyMember {
        if (!_objects[family][version][msg.sender]) revert NotObjected(msg.sender);
        _objects[family][version][msg.sender] = false;
        --objectionsTo[family][version];
        emit ObjectionWithdrawn(family, version, msg.sender);
    }
}
