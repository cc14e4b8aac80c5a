// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAuditAnchor} from "./interfaces/IAuditAnchor.sol";

/// @title Heads of audit logs, where their keepers cannot change them
/// @dev Heads are events: whoever checks a log reads all of them, and its keeper cannot leave one out.
contract AuditAnchor is IAuditAnchor {
    /// @inheritdoc IAuditAnchor
    mapping(address keeper => uint64 seq) public anchored;

    /// @inheritdoc IAuditAnchor
    function anchor(uint64 seq, bytes32 head) external {
        uint64 before = anchored[msg.sender];
        if (seq <= before) revert NotAhead(before, seq);
        anchored[msg.sender] = seq;
        emit Anchored(msg.sender, seq, head);
    }
}
