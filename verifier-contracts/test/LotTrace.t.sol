// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {ILotTrace} from "../src/interfaces/ILotTrace.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Journey} from "./utils/Journey.sol";
import {VerifierDouble} from "./utils/VerifierDouble.sol";
import {vm} from "./utils/Vm.sol";

/// @title A lot's journey, over a verifier that believes everything
contract LotTraceTest is Journey {
    VerifierDouble private _verifier;
    uint256 private _lot;

    function setUp() public {
        _verifier = doubled();
        _lot = open();
    }

    function test_opening() public view {
        ILotTrace.Lot memory lot = trace.getLot(_lot);
        assertEq(lot.maker, maker, "maker");
        assertEq(lot.custodian, maker, "the maker has it");
        assertEq(lot.state, terms().firstState, "first state");
        assertEq(trace.lotCount(), 1, "lots");
        assertTrue(trace.isLogger(_lot, logger), "the logger counts");
        assertFalse(trace.isSound(_lot), "not delivered");
        assertEq(uint256(trace.stepOf(_lot, 0).hash), uint256(trace.headOf(_lot)), "step 0 is the opening");
    }

    function test_termsThatContradictThemselves() public {
        ILotTrace.Terms memory wrong = terms();
        wrong.tick = 0;
        termsRefused(wrong);
        wrong = terms();
        wrong.bands = 0;
        termsRefused(wrong);
        wrong.bands = 32;
        termsRefused(wrong);
        wrong = terms();
        wrong.firstState = wrong.spoiledAt;
        termsRefused(wrong);
        wrong = terms();
        wrong.start = start + 1;
        termsRefused(wrong);
        vm.expectRevert(ILotTrace.TermsInvalid.selector);
        trace.open(terms(), new address[](0));
    }

    function test_modelsThatDoNotFit() public {
        _verifier.set(IModelRegistry.VersionStatus.Active, 1, 1);
        termsRefused(terms());
        _verifier.set(IModelRegistry.VersionStatus.Active, 2, 2);
        termsRefused(terms());
    }

    function test_attackStaleVersionOpensNoLot() public {
        _verifier.set(IModelRegistry.VersionStatus.Deprecated, 2, 1);
        termsRefused(terms());
    }

    function test_journey() public {
        advance(maker, _lot, 40, 18_000);
        handOver(maker, carrier, _lot);
        advance(carrier, _lot, 96, 15_000);
        handOver(carrier, shop, _lot);
        vm.prank(shop);
        trace.deliver(_lot);
        assertStatus(_lot, ILotTrace.Status.Delivered);
        assertTrue(trace.isSound(_lot), "delivered, not recalled");
        ILotTrace.StepRecord memory second = trace.stepOf(_lot, 2);
        assertEq(second.custodian, carrier, "who had it");
        assertEq(second.state, 15_000, "state");
        assertEq(second.until, start + 136 * 900, "time");
    }

    function test_spoiledIsFinal() public {
        advance(maker, _lot, 40, terms().spoiledAt);
        assertStatus(_lot, ILotTrace.Status.Spoiled);
        ILotTrace.Step memory next = step(_lot, 1, 1);
        vm.warp(next.until);
        bytes memory reason = notOpen(_lot, ILotTrace.Status.Spoiled);
        refused(maker, _lot, next, reason);
        vm.startPrank(maker);
        vm.expectRevert(reason);
        trace.offer(_lot, carrier);
        vm.expectRevert(reason);
        trace.deliver(_lot);
        vm.stopPrank();
    }

    function test_attackNothingFollowsDelivery() public {
        vm.startPrank(maker);
        trace.offer(_lot, carrier);
        trace.deliver(_lot);
        vm.stopPrank();
        ILotTrace.Step memory next = step(_lot, 1, 1);
        vm.warp(next.until);
        refused(maker, _lot, next, notOpen(_lot, ILotTrace.Status.Delivered));
        bytes32 head = trace.headOf(_lot);
        vm.prank(carrier);
        vm.expectRevert(notOpen(_lot, ILotTrace.Status.Delivered));
        trace.accept(_lot, head);
    }

    function test_attackStrangers() public {
        ILotTrace.Step memory next = step(_lot, 1, 1);
        vm.warp(next.until);
        bytes memory reason = abi.encodeWithSelector(ILotTrace.NotCustodian.selector, _lot, stranger);
        refused(stranger, _lot, next, reason);
        ILotTrace.Step[] memory batch = new ILotTrace.Step[](1);
        batch[0] = next;
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        trace.appendBatch(_lot, batch);
        vm.expectRevert(reason);
        trace.offer(_lot, stranger);
        vm.expectRevert(reason);
        trace.deliver(_lot);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.NotMaker.selector, _lot, stranger));
        trace.recall(_lot, "x");
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.NotMaker.selector, _lot, stranger));
        trace.revokeLogger(_lot, logger);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.NotOffered.selector, _lot, stranger));
        trace.accept(_lot, bytes32(0));
        vm.stopPrank();
    }

    function test_noSuchLot() public {
        vm.expectRevert(notOpen(7, ILotTrace.Status.None));
        trace.deliver(7);
        vm.prank(address(0));
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.NotMaker.selector, 7, address(0)));
        trace.recall(7, "x");
    }

    /// @dev Whoever gave a lot away cannot go on writing its journey.
    function test_attackFormerCustodian() public {
        handOver(maker, carrier, _lot);
        ILotTrace.Step memory next = step(_lot, 1, 1);
        vm.warp(next.until);
        refused(maker, _lot, next, abi.encodeWithSelector(ILotTrace.NotCustodian.selector, _lot, maker));
    }

    function test_attackTakeoverWithoutConsent() public {
        vm.prank(maker);
        trace.offer(_lot, carrier);
        bytes32 head = trace.headOf(_lot);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.NotOffered.selector, _lot, stranger));
        trace.accept(_lot, head);
        vm.prank(maker);
        trace.offer(_lot, address(0));
        vm.prank(carrier);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.NotOffered.selector, _lot, carrier));
        trace.accept(_lot, head);
    }

    /// @dev The custodian adds a bad step in front of the acceptance.
    function test_attackFrontRunAcceptance() public {
        vm.prank(maker);
        trace.offer(_lot, carrier);
        bytes32 seen = trace.headOf(_lot);
        advance(maker, _lot, 1, 4000);
        bytes32 head = trace.headOf(_lot);
        vm.prank(carrier);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.HeadChanged.selector, head));
        trace.accept(_lot, seen);
    }

    function test_stateNeverRises() public {
        ILotTrace.Step memory next = step(_lot, 4, 0);
        vm.warp(next.until);
        uint16 before = terms().firstState;
        next.inference.statement[2] = uint256(before) + 1;
        refused(
            maker,
            _lot,
            next,
            abi.encodeWithSelector(ILotTrace.StateInvalid.selector, before, int32(uint32(before) + 1))
        );
        next.inference.statement[2] = 0xffffffff;
        refused(maker, _lot, next, abi.encodeWithSelector(ILotTrace.StateInvalid.selector, before, int32(-1)));
        next.inference.statement[2] = before;
        append(maker, _lot, next);
    }

    function test_attackOtherState() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        vm.warp(next.until);
        next.inference.statement[0]++;
        bytes memory reason =
            abi.encodeWithSelector(ILotTrace.StateMismatch.selector, terms().firstState, next.inference.statement[0]);
        refused(maker, _lot, next, reason);
        next.inference.statement[0] = uint256(terms().firstState) + (1 << 16);
        reason =
            abi.encodeWithSelector(ILotTrace.StateMismatch.selector, terms().firstState, next.inference.statement[0]);
        refused(maker, _lot, next, reason);
    }

    function test_statementOfOtherLength() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        vm.warp(next.until);
        next.inference.statement = new uint256[](2);
        refused(maker, _lot, next, abi.encodeWithSelector(IInferenceVerifier.StatementLengthWrong.selector));
    }

    function test_recallStaysAndEndsDelivery() public {
        vm.startPrank(maker);
        trace.recall(_lot, "listeria");
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.Recalled.selector, _lot));
        trace.recall(_lot, "again");
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.Recalled.selector, _lot));
        trace.deliver(_lot);
        vm.stopPrank();
        advance(maker, _lot, 4, 18_000);
        assertEq(trace.getLot(_lot).steps, 1, "its way back is traced");
    }

    function test_recallAfterDelivery() public {
        vm.startPrank(maker);
        trace.deliver(_lot);
        assertTrue(trace.isSound(_lot), "sound");
        trace.recall(_lot, "listeria");
        vm.stopPrank();
        assertFalse(trace.isSound(_lot), "recalled");
        assertStatus(_lot, ILotTrace.Status.Delivered);
    }

    function test_batchEndsWhereTheLotSpoils() public {
        ILotTrace.Step[] memory batch = new ILotTrace.Step[](2);
        batch[0] = step(_lot, 4, 1);
        vm.warp(start + 1 days);
        batch[1] = batch[0];
        vm.prank(maker);
        vm.expectRevert(notOpen(_lot, ILotTrace.Status.Spoiled));
        trace.appendBatch(_lot, batch);
    }

    function test_attackRevokedVersionInABatch() public {
        ILotTrace.Step[] memory batch = new ILotTrace.Step[](1);
        batch[0] = step(_lot, 4, 18_000);
        vm.warp(start + 1 days);
        _verifier.set(IModelRegistry.VersionStatus.Revoked, 2, 1);
        vm.prank(maker);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.BatchInvalid.selector, _lot));
        trace.appendBatch(_lot, batch);
    }

    /// @dev Time and state of any journey: contiguous, falling, and ended at the first state that is spoiled.
    function testFuzz_anyJourneyIsOneChain(uint16[6] memory states, uint8[6] memory ticks) public {
        (uint16 before, uint16 spoiledAt) = (trace.getLot(_lot).state, trace.getLot(_lot).spoiledAt);
        uint48 until = start;
        for (uint256 i; i < states.length; ++i) {
            if (ticks[i] == 0) ticks[i] = 1;
            uint16 state = uint16(uint256(states[i]) % (uint256(before) + 1));
            bytes32 head = trace.headOf(_lot);
            advance(maker, _lot, ticks[i], state);
            until += uint48(ticks[i]) * 900;
            ILotTrace.StepRecord memory record = trace.stepOf(_lot, i + 1);
            assertTrue(record.hash != head, "a new head");
            assertEq(uint256(record.hash), uint256(trace.headOf(_lot)), "the last step is the head");
            assertEq(record.until, until, "no gap");
            assertEq(record.state, state, "state");
            before = state;
            if (state <= spoiledAt) break;
        }
        assertStatus(_lot, before <= spoiledAt ? ILotTrace.Status.Spoiled : ILotTrace.Status.Open);
    }

    function termsRefused(ILotTrace.Terms memory wrong) private {
        address[] memory loggers = new address[](1);
        loggers[0] = logger;
        vm.expectRevert(ILotTrace.TermsInvalid.selector);
        trace.open(wrong, loggers);
    }
}
