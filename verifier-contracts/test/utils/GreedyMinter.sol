// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IGeneratedDigits} from "../../src/interfaces/IGeneratedDigits.sol";

/// @title A minter that calls back when it receives a token
contract GreedyMinter {
    IGeneratedDigits private immutable _digits;

    /// @notice What is sent when a token arrives.
    bytes[] public pending;

    /// @notice Whether each of these went through, in the order of the calls, and what they answered.
    bool[] public accepted;
    bytes[] public answers;

    /// @notice Whether tokens are refused.
    bool public refuses;

    constructor(IGeneratedDigits digits) {
        _digits = digits;
    }

    function send(bytes calldata call_) external {
        pending.push(call_);
    }

    function refuse(bool refuses_) external {
        refuses = refuses_;
    }

    function callCount() external view returns (uint256) {
        return accepted.length;
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        require(!refuses, "refused");
        if (accepted.length < pending.length) {
            uint256 index = accepted.length;
            accepted.push();
            answers.push();
            (accepted[index], answers[index]) = address(_digits).call(pending[index]);
        }
        return this.onERC721Received.selector;
    }
}
