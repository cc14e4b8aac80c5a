// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Deployed} from "./utils/Deployed.sol";
import {Points} from "./utils/Points.sol";
import {vm} from "./utils/Vm.sol";

/// @title No change of a proof or its statement passes, and none costs more than its share of gas
contract MutatedProofTest is Deployed {
    using Points for Points.G1;

    /// @dev What the contract promises an invalid proof of four signals costs at most.
    uint256 private constant MOST_GAS = 290_000;
    IInferenceVerifier.Inference private good;
    IInferenceVerifier.Inference[] private donors;

    function setUp() public override {
        super.setUp();
        good = fixture("consumer", 0);
        for (uint256 nonce = 1; nonce < 34; ++nonce) {
            donors.push(fixture("consumer", nonce));
        }
    }

    function test_signalPlusRIsRefused() public {
        for (uint256 i; i < 3; ++i) {
            IInferenceVerifier.Inference memory inference = good;
            inference.statement[i] += Bn254.R;
            _assertRefused(inference, IInferenceVerifier.Verdict.SignalOutOfField);
            vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
            vm.prank(consumer);
            verifier.consume(MODEL, 1, inference);
        }
    }

    function test_signalsAtTheEdgeAreRefused() public view {
        uint256[4] memory edges = [Bn254.R, Bn254.R + 1, Bn254.Q, type(uint256).max];
        for (uint256 i; i < 4; ++i) {
            IInferenceVerifier.Inference memory inference = good;
            inference.statement[1] = edges[i];
            _assertRefused(inference, IInferenceVerifier.Verdict.SignalOutOfField);
        }
        IInferenceVerifier.Inference memory highest = good;
        highest.statement[1] = Bn254.R - 1;
        _assertRefused(highest, IInferenceVerifier.Verdict.ProofInvalid);
    }

    function test_coordinatePlusMultiplesOfQIsRefused() public view {
        for (uint256 i; i < 8; ++i) {
            uint256 value = good.proof[i];
            while (type(uint256).max - value >= Bn254.Q) {
                value += Bn254.Q;
                IInferenceVerifier.Inference memory inference = good;
                inference.proof[i] = value;
                _assertRefused(inference, IInferenceVerifier.Verdict.ProofInvalid);
            }
        }
    }

    function test_negatedPointsAreRefused() public view {
        IInferenceVerifier.Inference memory inference = good;
        inference.proof[1] = Bn254.Q - inference.proof[1];
        _assertRefused(inference, IInferenceVerifier.Verdict.ProofInvalid); // -A
        inference.proof[4] = Bn254.Q - inference.proof[4];
        inference.proof[5] = Bn254.Q - inference.proof[5];
        assertTrue(verifier.verify(MODEL, 1, inference), "(-A, -B, C) is the same proof re-randomised");
        inference.proof[1] = Bn254.Q - inference.proof[1];
        _assertRefused(inference, IInferenceVerifier.Verdict.ProofInvalid); // -B
        inference = good;
        inference.proof[7] = Bn254.Q - inference.proof[7];
        _assertRefused(inference, IInferenceVerifier.Verdict.ProofInvalid); // -C
    }

    function test_pointsAtInfinityAreRefused() public view {
        uint256[2][3] memory ranges = [[uint256(0), 2], [uint256(2), 6], [uint256(6), 8]];
        for (uint256 i; i < 3; ++i) {
            IInferenceVerifier.Inference memory inference = good;
            for (uint256 j = ranges[i][0]; j < ranges[i][1]; ++j) {
                inference.proof[j] = 0;
            }
            _assertRefused(inference, IInferenceVerifier.Verdict.ProofInvalid);
        }
        IInferenceVerifier.Inference memory nothing = good;
        delete nothing.proof;
        _assertRefused(nothing, IInferenceVerifier.Verdict.ProofInvalid);
    }

    function test_swappedG2CoordinatesAreRefused() public view {
        IInferenceVerifier.Inference memory inference = good;
        (inference.proof[2], inference.proof[3]) = (inference.proof[3], inference.proof[2]);
        (inference.proof[4], inference.proof[5]) = (inference.proof[5], inference.proof[4]);
        _assertRefused(inference, IInferenceVerifier.Verdict.ProofInvalid);
    }

    function test_pointOutsideTheSubgroupIsRefused() public view {
        uint256[] memory outside = vm.parseJsonUintArray(fixtures, ".outsideSubgroup");
        IInferenceVerifier.Inference memory inference = good;
        for (uint256 i; i < 4; ++i) {
            inference.proof[2 + i] = outside[i];
        }
        _assertRefused(inference, IInferenceVerifier.Verdict.ProofInvalid);
    }

    /// @dev Solidity's decoder follows any offset; each leads to another statement or out of the calldata.
    function test_shiftedOffsetsAreRefused() public {
        bytes memory call = abi.encodeCall(verifier.consume, (MODEL, 1, good));
        uint256[2] memory places = [uint256(4 + 0x40), 4 + 0x60 + 0x100]; // of the struct, of the statement
        for (uint256 i; i < 2; ++i) {
            for (int256 shift = -11; shift <= 11; ++shift) {
                if (shift == 0) continue;
                bytes memory shifted = bytes.concat(call);
                uint256 place = places[i];
                assembly {
                    let ptr := add(add(shifted, 32), place)
                    mstore(ptr, add(mload(ptr), mul(shift, 32)))
                }
                vm.prank(consumer);
                (bool accepted,) = address(verifier).call(shifted);
                assertFalse(accepted, "a shifted offset");
            }
        }
    }

    function test_trailingBytesChangeNothing() public {
        bytes memory call = bytes.concat(abi.encodeCall(verifier.consume, (MODEL, 1, good)), hex"deadbeef");
        vm.prank(consumer);
        (bool accepted,) = address(verifier).call(call);
        assertTrue(accepted, "the same inference");
        vm.prank(consumer);
        (accepted,) = address(verifier).call(call);
        assertFalse(accepted, "accepted once");
    }

    function test_starvedPairingIsNoVerdict() public view {
        for (uint256 gas = 40_000; gas < 260_000; gas += 4_000) {
            try verifier.verify{gas: gas}(MODEL, 1, good) returns (bool valid) {
                assertTrue(valid, "a good proof never looks bad for want of gas");
            } catch {}
        }
    }

    function testFuzz_randomWordIsRefused(uint256 place, uint256 value) public view {
        IInferenceVerifier.Inference memory inference = good;
        place %= 11;
        uint256 old = place < 8 ? inference.proof[place] : inference.statement[place - 8];
        if (value == old) value ^= 1;
        if (place < 8) inference.proof[place] = value;
        else inference.statement[place - 8] = value;
        _assertCheaplyRefused(inference);
    }

    function testFuzz_flippedBitIsRefused(uint256 place, uint8 bit) public view {
        IInferenceVerifier.Inference memory inference = good;
        place %= 11;
        if (place < 8) inference.proof[place] ^= 1 << bit;
        else inference.statement[place - 8] ^= 1 << bit;
        _assertCheaplyRefused(inference);
    }

    /// @dev Points on the curve, which reach the pairing itself.
    function testFuzz_otherPointsOfTheCurveAreRefused(uint256 scalar, bool inA, bool added) public view {
        IInferenceVerifier.Inference memory inference = good;
        uint256 place = inA ? 0 : 6;
        Points.G1 memory point = Points.generator().mul(scalar % (Bn254.R - 1) + 1);
        Points.G1 memory old = Points.G1(inference.proof[place], inference.proof[place + 1]);
        if (added) point = old.add(point);
        if (point.x == old.x && point.y == old.y) return;
        (inference.proof[place], inference.proof[place + 1]) = (point.x, point.y);
        _assertCheaplyRefused(inference);
    }

    /// @dev Parts of two good proofs do not make a third.
    function testFuzz_mixedProofsAreRefused(uint256 other, uint8 mask) public view {
        IInferenceVerifier.Inference memory inference = good;
        IInferenceVerifier.Inference memory donor = donors[other % donors.length];
        mask = uint8(1 + mask % 14); // any but none and all of A, B, C and the statement
        if (mask & 1 != 0) (inference.proof[0], inference.proof[1]) = (donor.proof[0], donor.proof[1]);
        for (uint256 i = 2; i < 6 && mask & 2 != 0; ++i) {
            inference.proof[i] = donor.proof[i];
        }
        if (mask & 4 != 0) (inference.proof[6], inference.proof[7]) = (donor.proof[6], donor.proof[7]);
        if (mask & 8 != 0) inference.statement = donor.statement;
        _assertCheaplyRefused(inference);
    }

    function testFuzz_otherBindingIsRefused(address requester, uint256 nonce) public view {
        IInferenceVerifier.Inference memory inference = good;
        if (requester == inference.requester && nonce == inference.nonce) return;
        (inference.requester, inference.nonce) = (requester, nonce);
        _assertCheaplyRefused(inference);
    }

    function _assertRefused(IInferenceVerifier.Inference memory inference, IInferenceVerifier.Verdict expected)
        private
        view
    {
        assertEq(uint256(verifier.check(MODEL, 1, inference)), uint256(expected), "verdict");
        _assertCheaplyRefused(inference);
    }

    function _assertCheaplyRefused(IInferenceVerifier.Inference memory inference) private view {
        uint256 before = gasleft();
        bool valid = verifier.verify{gas: 30_000_000}(MODEL, 1, inference);
        assertTrue(before - gasleft() <= MOST_GAS, "the gas of an invalid proof is bounded");
        assertFalse(valid, "a mutated proof");
    }
}
