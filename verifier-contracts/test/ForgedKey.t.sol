// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Deployed} from "./utils/Deployed.sol";
import {Points} from "./utils/Points.sol";
import {UnlintedVerifier} from "./utils/UnlintedVerifier.sol";
import {vm} from "./utils/Vm.sol";

/// @title Keys under which anyone forges a proof of anything
/// @notice Each forgery is made from the key alone. It succeeds against the bare arithmetic, fails under a good key,
///         and the registry refuses the bad one.
contract ForgedKeyTest is Deployed {
    using Points for bytes;
    using Points for Points.G1;

    uint256 private constant ALPHA = 0;
    uint256 private constant BETA = 64;
    uint256 private constant GAMMA = 192;
    uint256 private constant DELTA = 320;
    UnlintedVerifier private unlinted = new UnlintedVerifier();

    /// @dev A key that snarkjs made and calls good, before any phase-2 contribution.
    function test_untouchedKeyForges() public {
        uint256[] memory signals = _wish();
        uint256[8] memory forged = _proof(untouchedKey.g1(ALPHA), BETA, untouchedKey.inputs(signals).negate());
        _assertForgery(untouchedKey, forged, signals);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyElementIsGenerator.selector, DELTA));
        registry.publishKey(untouchedKey);
    }

    function test_gammaEqualToDeltaForges() public {
        bytes memory key = modelKey.withCopy(DELTA, GAMMA, 128);
        uint256[] memory signals = _wish();
        _assertForgery(key, _proof(key.g1(ALPHA), BETA, key.inputs(signals).negate()), signals);
        _assertRefused(key);
    }

    function test_gammaOppositeToDeltaForges() public {
        bytes memory key = _negateG2(modelKey.withCopy(DELTA, GAMMA, 128), GAMMA);
        uint256[] memory signals = _wish();
        _assertForgery(key, _proof(key.g1(ALPHA), BETA, key.inputs(signals)), signals);
        _assertRefused(key);
    }

    function test_betaEqualToDeltaForges() public {
        bytes memory key = modelKey.withCopy(DELTA, BETA, 128);
        uint256[] memory signals = _wish();
        _assertForgery(key, _proof(key.inputs(signals), GAMMA, key.g1(ALPHA).negate()), signals);
        _assertRefused(key);
    }

    function test_betaEqualToGammaForges() public {
        bytes memory key = modelKey.withCopy(DELTA, BETA, 128).withCopy(BETA, DELTA, 128);
        key = key.withCopy(BETA, GAMMA, 128);
        uint256[] memory signals = _wish();
        Points.G1 memory a = key.g1(ALPHA).add(key.inputs(signals));
        _assertForgery(key, _proof(a, GAMMA, Points.G1(0, 0)), signals);
        _assertRefused(key);
    }

    /// @dev With two equal IC points a proof of (…, a, b, …) proves (…, a + 1, b - 1, …) too.
    function test_equalInputsMakeStatementsExchangeable() public {
        bytes memory key = modelKey.withCopy(512, 576, 64);
        uint256[] memory signals = _wish();
        Points.G1 memory x = key.inputs(signals);
        signals[0] += 1;
        signals[1] -= 1;
        Points.G1 memory same = key.inputs(signals);
        assertEq(x.x, same.x, "the statements are one to the pairing check");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyInputsRelated.selector, 1, 2));
        registry.publishKey(key);
    }

    function _assertForgery(bytes memory key, uint256[8] memory forged, uint256[] memory signals) private view {
        for (uint256 i; i < 4; ++i) {
            forged[2 + i] = key.word(forged[2 + i]); // B was given as an offset
        }
        assertTrue(unlinted.verify(key, forged, signals), "the forgery passes under the bad key");
        assertFalse(unlinted.verify(modelKey, forged, signals), "the forgery fails under a good key");
    }

    function _assertRefused(bytes memory key) private {
        vm.expectRevert(IModelRegistry.KeyElementsRelated.selector);
        registry.publishKey(key);
    }

    /// @dev B is a point of the key; its words are filled in by {_assertForgery}.
    function _proof(Points.G1 memory a, uint256 b, Points.G1 memory c) private pure returns (uint256[8] memory) {
        return [a.x, a.y, b, b + 32, b + 64, b + 96, c.x, c.y];
    }

    function _negateG2(bytes memory key, uint256 offset) private pure returns (bytes memory) {
        uint256 q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
        key = key.withWord(offset + 64, q - key.word(offset + 64));
        return key.withWord(offset + 96, q - key.word(offset + 96));
    }

    /// @dev A statement that nobody has proven.
    function _wish() private pure returns (uint256[] memory signals) {
        signals = new uint256[](4);
        (signals[0], signals[1], signals[2], signals[3]) = (1, 1_000_000, 2, 3);
    }
}
