// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Deployed} from "./utils/Deployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Batches: all or none by one check, or each by itself
contract BatchTest is Deployed {
    uint256 private constant SIZE = 6;
    IInferenceVerifier.Inference[] private stored;

    function setUp() public override {
        super.setUp();
        for (uint256 nonce; nonce < 4; ++nonce) {
            stored.push(fixture("consumer", nonce));
        }
    }

    function test_goodBatchesOfAnySizeAreValid() public view {
        for (uint256 size; size <= SIZE; ++size) {
            assertTrue(verifier.verifyBatch(MODEL, 1, fixtureBatch(0, size)), "good batch");
        }
    }

    function test_batchMayMixRequesters() public view {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, 3);
        batch[1] = fixture("bearer", 0);
        batch[2] = fixture("provenDigit", 1);
        assertTrue(verifier.verifyBatch(MODEL, 1, batch), "each with its own context");
    }

    function test_oneBadElementRefusesTheBatchAndIsNamed() public view {
        for (uint256 bad; bad < SIZE; ++bad) {
            IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, SIZE);
            batch[bad].statement[1] += 1;
            assertFalse(verifier.verifyBatch(MODEL, 1, batch), "batch with a bad element");
            _assertNamed(batch, bad, IInferenceVerifier.Verdict.ProofInvalid);
        }
    }

    function test_malformedElementsAreNamed() public view {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, SIZE);
        batch[2].statement[0] += Bn254.R;
        assertFalse(verifier.verifyBatch(MODEL, 1, batch), "signal + r");
        _assertNamed(batch, 2, IInferenceVerifier.Verdict.SignalOutOfField);
        batch = fixtureBatch(0, SIZE);
        batch[3].statement = new uint256[](4);
        assertFalse(verifier.verifyBatch(MODEL, 1, batch), "statement too long");
        _assertNamed(batch, 3, IInferenceVerifier.Verdict.StatementLengthWrong);
        batch = fixtureBatch(0, SIZE);
        batch[4].proof[7] += Bn254.Q;
        assertFalse(verifier.verifyBatch(MODEL, 1, batch), "coordinate + q");
        _assertNamed(batch, 4, IInferenceVerifier.Verdict.ProofInvalid);
    }

    /// @dev Errors that would cancel in a plain sum do not cancel under random coefficients.
    function test_errorsThatCancelAreRefused() public view {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, 2);
        batch[0].statement[1] += 1;
        batch[1].statement[1] -= 1;
        assertFalse(verifier.verifyBatch(MODEL, 1, batch), "opposite errors");
        batch = fixtureBatch(0, 2);
        (batch[0].proof[6], batch[0].proof[7], batch[1].proof[6], batch[1].proof[7]) =
        (batch[1].proof[6], batch[1].proof[7], batch[0].proof[6], batch[0].proof[7]);
        assertFalse(verifier.verifyBatch(MODEL, 1, batch), "exchanged C");
    }

    function test_unknownVersionIsNoValidBatch() public view {
        assertFalse(verifier.verifyBatch(MODEL, 2, fixtureBatch(0, 2)), "version");
    }

    function test_consumesABatch() public {
        vm.prank(consumer);
        verifier.consumeBatch(MODEL, 1, fixtureBatch(0, SIZE));
        for (uint256 nonce; nonce < SIZE; ++nonce) {
            assertTrue(verifier.isNonceSpent(consumer, nonce), "spent");
        }
    }

    function test_consumesAllOrNone() public {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, SIZE);
        batch[5].statement[2] += 1;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        vm.prank(consumer);
        verifier.consumeBatch(MODEL, 1, batch);
        assertFalse(verifier.isNonceSpent(consumer, 0), "nothing is spent");
    }

    function test_theSameElementTwiceIsRefused() public {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, 3);
        batch[2] = batch[0];
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.NonceSpent.selector, consumer, 0));
        vm.prank(consumer);
        verifier.consumeBatch(MODEL, 1, batch);
    }

    function test_anotherRequestersElementIsRefused() public {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, 3);
        batch[1] = fixture("bearer", 0);
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.NotRequester.selector, address(0), consumer));
        vm.prank(consumer);
        verifier.consumeBatch(MODEL, 1, batch);
    }

    function test_consumeEachSkipsBadElements() public {
        vm.prank(consumer);
        verifier.consume(MODEL, 1, fixture("consumer", 1));
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, SIZE);
        batch[2] = fixture("bearer", 0);
        batch[3].statement[1] += 1;
        batch[5] = batch[4];
        vm.prank(consumer);
        IInferenceVerifier.Verdict[] memory verdicts = verifier.consumeEach(MODEL, 1, batch);
        IInferenceVerifier.Verdict[6] memory expected = [
            IInferenceVerifier.Verdict.Valid,
            IInferenceVerifier.Verdict.NonceSpent,
            IInferenceVerifier.Verdict.RequesterWrong,
            IInferenceVerifier.Verdict.ProofInvalid,
            IInferenceVerifier.Verdict.Valid,
            IInferenceVerifier.Verdict.NonceSpent
        ];
        for (uint256 i; i < SIZE; ++i) {
            assertEq(uint256(verdicts[i]), uint256(expected[i]), "verdict");
        }
        assertTrue(verifier.isNonceSpent(consumer, 0) && verifier.isNonceSpent(consumer, 4), "good ones are spent");
        assertFalse(verifier.isNonceSpent(consumer, 3), "a bad one's nonce is not");
    }

    /// @dev Without their caps, the precompiles would burn all the gas that the keeper sends.
    function test_oneInvalidPointCannotBurnABatchsGas() public {
        IInferenceVerifier.Inference[] memory batch = fixtureBatch(0, SIZE);
        batch[1].proof[2] ^= 1; // B leaves the curve
        batch[2].proof[7] ^= 1; // C leaves the curve
        vm.prank(consumer);
        uint256 before = gasleft();
        IInferenceVerifier.Verdict[] memory verdicts = verifier.consumeEach{gas: 100_000_000}(MODEL, 1, batch);
        assertTrue(before - gasleft() < SIZE * 330_000, "bounded");
        for (uint256 i; i < SIZE; ++i) {
            assertEq(uint256(verdicts[i]), i == 1 || i == 2 ? 5 : 0, "others pass");
        }
    }

    function testFuzz_changedBatchIsRefused(uint256 size, uint256 bad, uint256 place, uint256 value) public view {
        size = 1 + size % stored.length;
        IInferenceVerifier.Inference[] memory batch = new IInferenceVerifier.Inference[](size);
        for (uint256 i; i < size; ++i) {
            batch[i] = stored[i];
        }
        bad %= size;
        place %= 11;
        uint256 old = place < 8 ? batch[bad].proof[place] : batch[bad].statement[place - 8];
        value = value == old ? old ^ 1 : value;
        if (place < 8) batch[bad].proof[place] = value;
        else batch[bad].statement[place - 8] = value;
        assertFalse(verifier.verifyBatch(MODEL, 1, batch), "changed batch");
    }

    function _assertNamed(
        IInferenceVerifier.Inference[] memory batch,
        uint256 bad,
        IInferenceVerifier.Verdict expected
    ) private view {
        IInferenceVerifier.Verdict[] memory verdicts = verifier.checkEach(MODEL, 1, batch);
        for (uint256 i; i < batch.length; ++i) {
            assertEq(uint256(verdicts[i]), i == bad ? uint256(expected) : 0, "verdict");
        }
    }
}
