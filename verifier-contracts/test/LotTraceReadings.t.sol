// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ILotTrace} from "../src/interfaces/ILotTrace.sol";
import {Journey} from "./utils/Journey.sol";
import {vm} from "./utils/Vm.sol";
import {NoWallet, Wallet} from "./utils/Wallets.sol";

/// @title A lot's time and readings, over a verifier that believes everything
contract LotTraceReadingsTest is Journey {
    uint256 private _lot;

    function setUp() public {
        doubled();
        _lot = open();
    }

    /// @dev Hours that nobody answers for cannot be passed on, nor left out at the end.
    function test_attackUntracedTime() public {
        vm.warp(start + 1 hours + 1);
        bytes memory behind = abi.encodeWithSelector(ILotTrace.TraceBehind.selector, _lot, start);
        vm.startPrank(maker);
        vm.expectRevert(behind);
        trace.offer(_lot, carrier);
        vm.expectRevert(behind);
        trace.deliver(_lot);
        vm.warp(start + 1 hours);
        trace.offer(_lot, carrier);
        vm.stopPrank();
        bytes32 head = trace.headOf(_lot);
        vm.warp(start + 1 hours + 1);
        vm.prank(carrier);
        vm.expectRevert(behind);
        trace.accept(_lot, head);
    }

    function test_attackTimeRunsBackwards() public {
        advance(maker, _lot, 4, 18_000);
        ILotTrace.Step memory next = step(_lot, 4, 17_000);
        next.until = start + 2 * 900;
        refused(maker, _lot, next, periodInvalid(start + 3600, next.until));
        next.until = start + 3600;
        refused(maker, _lot, next, periodInvalid(start + 3600, next.until));
    }

    function test_attackReadingsOfTheFuture() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        refused(maker, _lot, next, periodInvalid(start, next.until));
    }

    /// @dev Signed readings of a time that overlaps with the last step's, or of the same time again.
    function test_attackOverlappingReadings() public {
        advance(maker, _lot, 4, 18_000);
        ILotTrace.Step memory next = step(_lot, 4, 17_000);
        vm.warp(next.until);
        attest(_lot, start + 1800, next);
        refused(maker, _lot, next, notAttested());
        next.inference.statement[1] = 6;
        attest(_lot, start + 1800, next);
        refused(maker, _lot, next, abi.encodeWithSelector(ILotTrace.ReadingsIncomplete.selector, 5400, 3600));
    }

    function test_attackReadingsTwice() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        vm.warp(start + 1 days);
        append(maker, _lot, next);
        bytes memory signature = next.signature;
        next = step(_lot, 4, 17_000);
        next.signature = signature;
        refused(maker, _lot, next, notAttested());
    }

    /// @dev The hot hours are left out of the counts.
    function test_attackHoursLeftOut() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        next.until += 3600;
        attest(_lot, start, next);
        vm.warp(next.until);
        refused(maker, _lot, next, abi.encodeWithSelector(ILotTrace.ReadingsIncomplete.selector, 3600, 7200));
    }

    /// @dev Lanes that count no ticks do not make up for missing ones.
    function test_otherLanesAreNoTime() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        next.inference.statement[1] = 2 + (1 << 40) + (2 << 48);
        attest(_lot, start, next);
        vm.warp(next.until);
        refused(maker, _lot, next, abi.encodeWithSelector(ILotTrace.ReadingsIncomplete.selector, 2700, 3600));
        next.inference.statement[1] = 3 + (1 << 40) + (2 << 48);
        attest(_lot, start, next);
        append(maker, _lot, next);
    }

    function test_attackInventedReadings() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        vm.warp(next.until);
        next.logger = maker;
        refused(maker, _lot, next, abi.encodeWithSelector(ILotTrace.LoggerNotAllowed.selector, _lot, maker));
        next.logger = logger;
        next.inference.statement[1] = 3 + (1 << 8);
        refused(maker, _lot, next, notAttested());
    }

    /// @dev The logger's word for another lot, contract or chain.
    function test_attackReadingsOfElsewhere() public {
        uint256 other = open();
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        vm.warp(next.until);
        next.signature = step(other, 4, 18_000).signature;
        refused(maker, _lot, next, notAttested());
        next = step(_lot, 4, 18_000);
        vm.chainId(1);
        refused(maker, _lot, next, notAttested());
    }

    function test_attackRevokedLogger() public {
        ILotTrace.Step memory next = step(_lot, 4, 18_000);
        vm.warp(next.until);
        vm.startPrank(maker);
        trace.revokeLogger(_lot, logger);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.LoggerNotAllowed.selector, _lot, logger));
        trace.revokeLogger(_lot, logger);
        vm.stopPrank();
        refused(maker, _lot, next, abi.encodeWithSelector(ILotTrace.LoggerNotAllowed.selector, _lot, logger));
    }

    function test_loggerMayBeAContract() public {
        Wallet wallet = new Wallet(logger);
        uint256 lot = openAs(maker, terms(), address(wallet));
        ILotTrace.Step memory next = step(lot, 4, 18_000);
        next.logger = address(wallet);
        vm.warp(next.until);
        append(maker, lot, next);
    }

    function test_attackRevertingLogger() public {
        NoWallet silent = new NoWallet(false);
        uint256 lot = openAs(maker, terms(), address(silent));
        ILotTrace.Step memory next = step(lot, 4, 18_000);
        next.logger = address(silent);
        vm.warp(next.until);
        bytes memory reason = abi.encodeWithSelector(ILotTrace.ReadingsNotAttested.selector, lot, address(silent));
        refused(maker, lot, next, reason);
    }

    /// @dev Signers are asked by static calls: one that writes, fails.
    function test_attackReentrantLogger() public {
        ReentrantLogger hostile = new ReentrantLogger(trace);
        uint256 lot = openAs(address(hostile), terms(), address(hostile));
        ILotTrace.Step memory next = step(lot, 4, 18_000);
        next.logger = address(hostile);
        vm.warp(next.until);
        bytes memory reason = abi.encodeWithSelector(ILotTrace.ReadingsNotAttested.selector, lot, address(hostile));
        refused(address(hostile), lot, next, reason);
        assertEq(trace.getLot(lot).steps, 0, "nothing was appended");
    }

    function notAttested() private view returns (bytes memory) {
        return abi.encodeWithSelector(ILotTrace.ReadingsNotAttested.selector, _lot, logger);
    }

    function periodInvalid(uint48 from, uint48 until) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILotTrace.PeriodInvalid.selector, from, until);
    }
}

/// @dev Custodian and logger in one, which ends the lot when it is asked for its signature.
contract ReentrantLogger {
    ILotTrace private immutable _trace;

    constructor(ILotTrace trace) {
        _trace = trace;
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        _trace.recall(_trace.lotCount() - 1, "re-entered");
        return this.isValidSignature.selector;
    }
}
