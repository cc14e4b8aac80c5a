// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {LotTrace} from "../../src/LotTrace.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {ILotTrace} from "../../src/interfaces/ILotTrace.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Assertions} from "./Assertions.sol";
import {VerifierDouble} from "./VerifierDouble.sol";
import {vm} from "./Vm.sol";

/// @title A maker, a carrier, a shop and a logger, as the proofs in trace.json have them
abstract contract Journey is Assertions {
    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/trace.json");
    address internal maker = vm.parseJsonAddress(fixtures, ".maker");
    address internal carrier = vm.parseJsonAddress(fixtures, ".carrier");
    address internal shop = vm.parseJsonAddress(fixtures, ".shop");
    address internal stranger = address(0xbad);
    uint256 internal loggerKey = uint256(vm.parseJsonBytes32(fixtures, ".loggerKey"));
    address internal logger = vm.addr(loggerKey);
    uint48 internal start = uint48(vm.parseJsonUint(fixtures, ".terms.start"));

    LotTrace internal trace;

    /// @dev The contract over a verifier that believes everything.
    function doubled() internal returns (VerifierDouble verifier) {
        vm.warp(start);
        verifier = new VerifierDouble();
        verifier.set(IModelRegistry.VersionStatus.Active, 2, 1);
        trace = new LotTrace(IInferenceVerifier(address(verifier)));
    }

    function terms() internal view returns (ILotTrace.Terms memory) {
        return ILotTrace.Terms({
            modelId: 1,
            version: 1,
            tick: 900,
            bands: 6,
            firstState: uint16(vm.parseJsonUint(fixtures, ".terms.firstState")),
            spoiledAt: uint16(vm.parseJsonUint(fixtures, ".terms.spoiledAt")),
            start: start,
            maxLag: 1 hours,
            product: vm.parseJsonBytes32(fixtures, ".terms.product")
        });
    }

    function openAs(address by, ILotTrace.Terms memory with, address readBy) internal returns (uint256) {
        address[] memory loggers = new address[](1);
        loggers[0] = readBy;
        vm.prank(by);
        return trace.open(with, loggers);
    }

    function open() internal returns (uint256) {
        return openAs(maker, terms(), logger);
    }

    /// @dev A step that the double believes, of `ticks` in the coldest band from the lot's head on, signed.
    function step(uint256 lotId, uint8 ticks, uint16 state) internal view returns (ILotTrace.Step memory next) {
        ILotTrace.Lot memory lot = trace.getLot(lotId);
        next.until = lot.until + uint48(ticks) * 900;
        next.inference.statement = new uint256[](3);
        (next.inference.statement[0], next.inference.statement[1], next.inference.statement[2]) =
        (lot.state, ticks, state);
        (next.inference.requester, next.inference.nonce) = (address(trace), uint256(trace.headOf(lotId)));
        attest(lotId, lot.until, next);
    }

    /// @dev Has the logger sign a step's readings.
    function attest(uint256 lotId, uint48 from, ILotTrace.Step memory next) internal view {
        next.logger = logger;
        next.signature = sign(trace.readingsHash(lotId, from, next.until, next.inference.statement[1]));
    }

    function sign(bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(loggerKey, digest);
        return abi.encodePacked(r, s, v);
    }

    function append(address by, uint256 lotId, ILotTrace.Step memory next) internal {
        vm.prank(by);
        trace.append(lotId, next);
    }

    /// @dev Appends and has the time of the step pass before.
    function advance(address by, uint256 lotId, uint8 ticks, uint16 state) internal {
        ILotTrace.Step memory next = step(lotId, ticks, state);
        if (block.timestamp < next.until) vm.warp(next.until);
        append(by, lotId, next);
    }

    function handOver(address from, address to, uint256 lotId) internal {
        vm.prank(from);
        trace.offer(lotId, to);
        bytes32 head = trace.headOf(lotId);
        vm.prank(to);
        trace.accept(lotId, head);
    }

    function assertStatus(uint256 lotId, ILotTrace.Status status) internal view {
        assertEq(uint256(trace.getLot(lotId).status), uint256(status), "lot's status");
    }

    function notOpen(uint256 lotId, ILotTrace.Status status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILotTrace.LotNotOpen.selector, lotId, status);
    }

    /// @dev Expects the next append of this step to be refused for this reason.
    function refused(address by, uint256 lotId, ILotTrace.Step memory next, bytes memory reason) internal {
        vm.prank(by);
        vm.expectRevert(reason);
        trace.append(lotId, next);
    }
}
