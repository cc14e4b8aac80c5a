// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {AuditAnchor} from "../src/AuditAnchor.sol";
import {IAuditAnchor} from "../src/interfaces/IAuditAnchor.sol";
import {Assertions} from "./utils/Assertions.sol";
import {vm} from "./utils/Vm.sol";

/// @title A log's heads only go forward, each account's for itself
contract AuditAnchorTest is Assertions {
    IAuditAnchor private _anchor = new AuditAnchor();

    function test_tellsEachHeadOnce(uint64 seq, bytes32 head) public {
        if (seq == 0) seq = 1;
        vm.expectEmit(address(_anchor));
        emit IAuditAnchor.Anchored(address(this), seq, head);
        _anchor.anchor(seq, head);
        assertEq(uint256(_anchor.anchored(address(this))), seq, "anchored");
        vm.expectRevert(abi.encodeWithSelector(IAuditAnchor.NotAhead.selector, seq, seq));
        _anchor.anchor(seq, ~head);
    }

    function test_goesForwardOnly() public {
        _anchor.anchor(7, bytes32(uint256(1)));
        vm.expectRevert(abi.encodeWithSelector(IAuditAnchor.NotAhead.selector, 7, 6));
        _anchor.anchor(6, bytes32(uint256(2)));
        _anchor.anchor(8, bytes32(uint256(2)));
        vm.expectRevert(abi.encodeWithSelector(IAuditAnchor.NotAhead.selector, 8, 0));
        _anchor.anchor(0, bytes32(uint256(3)));
    }

    function test_accountsHaveLogsOfTheirOwn() public {
        _anchor.anchor(7, bytes32(uint256(1)));
        vm.prank(address(0xbeef));
        _anchor.anchor(1, bytes32(uint256(2)));
        assertEq(uint256(_anchor.anchored(address(0xbeef))), 1, "another's");
        assertEq(uint256(_anchor.anchored(address(this))), 7, "own");
    }
}
