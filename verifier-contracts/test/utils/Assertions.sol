// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {vm} from "./Vm.sol";

/// @title Assertions that say what differs
abstract contract Assertions {
    error NotTrue(string what);
    error NotEqual(string what, bytes32 actual, bytes32 expected);

    function assertTrue(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    function assertFalse(bool condition, string memory what) internal pure {
        assertTrue(!condition, what);
    }

    function assertEq(uint256 actual, uint256 expected, string memory what) internal pure {
        assertEq(bytes32(actual), bytes32(expected), what);
    }

    function assertEq(address actual, address expected, string memory what) internal pure {
        assertEq(uint160(actual), uint160(expected), what);
    }

    function assertEq(bytes32 actual, bytes32 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(what, actual, expected);
    }

    function assertEq(bytes memory actual, bytes memory expected, string memory what) internal pure {
        assertEq(keccak256(actual), keccak256(expected), what);
    }

    /// @dev That a deployment reverts, and why. With expectRevert before `new`, forge would end the test there.
    function assertDeploymentReverts(string memory name, bytes memory arguments, bytes memory reason) internal {
        string memory artefact = string.concat(name, ".sol:", name);
        bytes memory code = abi.encodePacked(vm.getCode(artefact), arguments);
        address made;
        bytes memory returned;
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
            returned := mload(0x40)
            mstore(returned, returndatasize())
            returndatacopy(add(returned, 0x20), 0, returndatasize())
            mstore(0x40, add(add(returned, 0x20), and(add(returndatasize(), 0x1f), not(0x1f))))
        }
        assertEq(made, address(0), name);
        assertEq(returned, reason, name);
    }
}
