// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Deployed} from "./utils/Deployed.sol";
import {Points} from "./utils/Points.sol";
import {vm} from "./utils/Vm.sol";

/// @title Bad keys are refused, each kind by its name
contract KeyLintTest is Deployed {
    using Points for bytes;
    using Points for Points.G1;

    function test_goodKeyIsStoredAsItIs() public view {
        assertEq(registry.keyBytes(keccak256(modelKey)), modelKey, "stored key");
        address pointer = registry.keyPointer(keccak256(modelKey));
        assertEq(pointer.code, bytes.concat(hex"00", modelKey), "STOP byte and key");
    }

    function test_publishingAgainChangesNothing() public {
        address pointer = registry.keyPointer(keccak256(modelKey));
        assertEq(registry.publishKey(modelKey), keccak256(modelKey), "hash");
        assertEq(registry.keyPointer(keccak256(modelKey)), pointer, "pointer");
    }

    function test_lengthMustBeExact() public {
        _refuses(bytes.concat(modelKey, hex"00"), IModelRegistry.KeyLengthInvalid.selector, modelKey.length + 1);
        _refuses(_head(modelKey, modelKey.length - 1), IModelRegistry.KeyLengthInvalid.selector, modelKey.length - 1);
        _refuses(_head(modelKey, 448 + 64), IModelRegistry.KeyLengthInvalid.selector, 512);
        _refuses(_head(modelKey, 384), IModelRegistry.KeyLengthInvalid.selector, 384);
        _refuses(hex"", IModelRegistry.KeyLengthInvalid.selector, 0);
        _refuses(new bytes(448 + 64 * 377), IModelRegistry.KeyLengthInvalid.selector, 448 + 64 * 377);
    }

    /// @dev The point is the same modulo q; a second name for it is refused.
    function test_coordinatesMustBeBelowQ() public {
        for (uint256 offset; offset < modelKey.length; offset += 32) {
            uint256 value = modelKey.word(offset) + Bn254.Q;
            _refuses(modelKey.withWord(offset, value), IModelRegistry.KeyCoordinateOutOfField.selector, offset);
        }
    }

    function test_pointsMustNotBeInfinity() public {
        uint256[7] memory g1 = [uint256(0), 448, 512, 576, 640, 704, 0];
        for (uint256 i; i < 6; ++i) {
            bytes memory key = modelKey.withWord(g1[i], 0).withWord(g1[i] + 32, 0);
            _refuses(key, IModelRegistry.KeyPointAtInfinity.selector, g1[i]);
        }
        for (uint256 offset = 64; offset < 448; offset += 128) {
            bytes memory key = modelKey;
            for (uint256 i; i < 128; i += 32) {
                key = key.withWord(offset + i, 0);
            }
            _refuses(key, IModelRegistry.KeyPointAtInfinity.selector, offset);
        }
    }

    function test_g1PointsMustBeOnTheCurve() public {
        for (uint256 offset; offset < modelKey.length; offset = offset == 0 ? 448 : offset + 64) {
            uint256 y = modelKey.word(offset + 32);
            _refuses(modelKey.withWord(offset + 32, y - 1), IModelRegistry.KeyPointOffCurve.selector, offset);
        }
    }

    function test_g2PointsMustBeOnTheTwistAndInTheSubgroup() public {
        uint256[] memory outside = vm.parseJsonUintArray(fixtures, ".outsideSubgroup");
        for (uint256 offset = 64; offset < 448; offset += 128) {
            bytes memory key = modelKey;
            for (uint256 i; i < 4; ++i) {
                key = key.withWord(offset + 32 * i, outside[i]);
            }
            vm.expectRevert(IModelRegistry.KeyPointOutsideSubgroup.selector);
            registry.publishKey(key);
            vm.expectRevert(IModelRegistry.KeyPointOutsideSubgroup.selector);
            registry.publishKey(modelKey.withWord(offset, modelKey.word(offset) ^ 1));
        }
    }

    function test_generatorsAreRefused() public {
        for (uint256 y = 2; y < 4; ++y) {
            bytes memory key = modelKey.withWord(0, 1).withWord(32, y == 2 ? 2 : Bn254.Q - 2);
            _refuses(key, IModelRegistry.KeyElementIsGenerator.selector, 0);
        }
        // snarkjs' gamma is the generator of G2
        _refuses(modelKey.withCopy(192, 64, 128), IModelRegistry.KeyElementIsGenerator.selector, 64);
        _refuses(modelKey.withCopy(192, 320, 128), IModelRegistry.KeyElementIsGenerator.selector, 320);
    }

    function test_inputPointsMustDifferUpToSign() public {
        for (uint256 i; i < 5; ++i) {
            for (uint256 j; j < i; ++j) {
                bytes memory key = modelKey.withCopy(448 + 64 * j, 448 + 64 * i, 64);
                _refuses2(key, j, i);
                Points.G1 memory opposite = key.g1(448 + 64 * i).negate();
                _refuses2(key.withWord(448 + 64 * i + 32, opposite.y), j, i);
            }
        }
    }

    function testFuzz_changedKeyIsRefusedOrAnotherKey(uint256 offset, uint256 value) public {
        offset = (offset % (modelKey.length / 32)) * 32;
        bytes memory key = modelKey.withWord(offset, value);
        if (keccak256(key) == keccak256(modelKey)) return;
        vm.expectRevert();
        registry.publishKey(key);
    }

    function _refuses(bytes memory key, bytes4 selector, uint256 argument) private {
        vm.expectRevert(abi.encodeWithSelector(selector, argument));
        registry.publishKey(key);
    }

    function _refuses2(bytes memory key, uint256 first, uint256 second) private {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyInputsRelated.selector, first, second));
        registry.publishKey(key);
    }

    function _head(bytes memory key, uint256 length) private pure returns (bytes memory head) {
        head = bytes.concat(key);
        assembly {
            mstore(head, length)
        }
    }
}
