// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Heads of audit logs, where their keepers cannot change them
/// @notice An account anchors the heads of one log. A head is the hash of the log's last record, which covers all
///         records before it: a log that does not hold an anchored head was rewritten or cut off.
interface IAuditAnchor {
    /// @notice A head was anchored.
    /// @param keeper Whose log it is.
    /// @param seq Number of the log's last record.
    /// @param head Hash of that record.
    event Anchored(address indexed keeper, uint64 indexed seq, bytes32 head);

    /// @notice The log had at least so many records before: it would be told twice, perhaps differently.
    error NotAhead(uint64 anchored, uint64 seq);

    /// @notice Anchors the head of the caller's log.
    /// @param seq Number of the last record; above all that the caller anchored before.
    /// @param head Hash of that record.
    function anchor(uint64 seq, bytes32 head) external;

    /// @notice Number of the last record that an account anchored; 0 for none.
    function anchored(address keeper) external view returns (uint64 seq);
}
