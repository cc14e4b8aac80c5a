// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {LotTrace} from "../src/LotTrace.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {ILotTrace} from "../src/interfaces/ILotTrace.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Fixtures} from "./utils/Fixtures.sol";
import {Journey} from "./utils/Journey.sol";
import {VerifierDeployed} from "./utils/VerifierDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title A journey by real proofs of cold-chain
abstract contract ProvenJourney is Journey, VerifierDeployed {
    using Fixtures for string;

    address internal modelOwner = address(0x0123);

    function setUp() public {
        vm.warp(start);
        deployVerifier();
        publish(modelOwner, vm.parseJsonBytes(fixtures, ".key"), 2, 1);
        startDeployment(2);
        trace = new LotTrace(verifier);
        vm.stopPrank();
        assertEq(address(trace), vm.parseJsonAddress(fixtures, ".contract"), "contract's address");
    }

    /// @dev A step of the fixtures, signed for lot 0.
    function proven(string memory name) internal view returns (ILotTrace.Step memory next) {
        string memory path = string.concat(".steps.", name);
        next.inference = fixtures.inferenceAt(path);
        next.until = uint48(vm.parseJsonUint(fixtures, string.concat(path, ".until")));
        uint48 elapsed = uint48(lanes(next.inference.statement[1]) * 900);
        attest(0, next.until - elapsed, next);
    }

    function headAfter(string memory name) internal view returns (uint256) {
        return uint256(vm.parseJsonBytes32(fixtures, string.concat(".steps.", name, ".head")));
    }

    function lanes(uint256 word) private pure returns (uint256 sum) {
        for (uint256 i; i < 6; ++i) {
            sum += uint8(word >> (8 * i));
        }
    }

    /// @dev Opens lot 0, and appends its first step, and hands it to the carrier.
    function firstStep() internal {
        open();
        vm.warp(proven("first").until);
        append(maker, 0, proven("first"));
        handOver(maker, carrier, 0);
        vm.warp(start + 10 days);
    }
}

/// @title What the model says counts, at its place alone
contract LotTraceProvenTest is ProvenJourney {
    /// @dev The heads that TypeScript computed are those of the contract, else the proofs would be misplaced.
    function test_provenJourney() public {
        firstStep();
        assertEq(uint256(trace.headOf(0)), headAfter("first"), "head after the first step");
        vm.warp(proven("second").until);
        append(carrier, 0, proven("second"));
        handOver(carrier, shop, 0);
        vm.warp(proven("third").until);
        append(shop, 0, proven("third"));
        assertEq(uint256(trace.headOf(0)), headAfter("third"), "head after the third step");
        vm.prank(shop);
        trace.deliver(0);
        assertTrue(trace.isSound(0), "delivered");
    }

    function test_provenSpoilage() public {
        firstStep();
        append(carrier, 0, proven("spoiling"));
        assertStatus(0, ILotTrace.Status.Spoiled);
        refused(carrier, 0, proven("second"), notOpen(0, ILotTrace.Status.Spoiled));
    }

    function test_provenBatch() public {
        open();
        vm.warp(start + 10 days);
        ILotTrace.Step[] memory batch = new ILotTrace.Step[](1);
        batch[0] = proven("first");
        vm.prank(maker);
        trace.appendBatch(0, batch);
        assertEq(uint256(trace.headOf(0)), headAfter("first"), "head");
    }

    function test_attackBadProofInABatch() public {
        firstStep();
        ILotTrace.Step[] memory batch = new ILotTrace.Step[](1);
        batch[0] = proven("second");
        batch[0].inference.statement[2]++;
        vm.prank(carrier);
        vm.expectRevert(abi.encodeWithSelector(ILotTrace.BatchInvalid.selector, 0));
        trace.appendBatch(0, batch);
    }

    /// @dev Two steps after one: the second one's proof names a head that is no longer the last.
    function test_attackFork() public {
        firstStep();
        append(carrier, 0, proven("second"));
        refused(carrier, 0, proven("fork"), misplaced("second", proven("fork")));
    }

    function test_attackReplay() public {
        firstStep();
        append(carrier, 0, proven("second"));
        refused(carrier, 0, proven("second"), misplaced("second", proven("second")));
    }

    /// @dev Re-randomised, a proof has another form and the same place.
    function test_attackRerandomisedReplay() public {
        firstStep();
        ILotTrace.Step memory again = proven("second");
        append(carrier, 0, again);
        again.inference.proof[1] = Bn254.Q - again.inference.proof[1];
        again.inference.proof[4] = Bn254.Q - again.inference.proof[4];
        again.inference.proof[5] = Bn254.Q - again.inference.proof[5];
        refused(carrier, 0, again, misplaced("second", again));
    }

    function test_attackSkippedAndReorderedSteps() public {
        firstStep();
        refused(carrier, 0, proven("third"), misplaced("first", proven("third")));
    }

    function test_attackStepOfAnotherLot() public {
        open();
        vm.warp(start + 10 days);
        ILotTrace.Step memory other = proven("otherLot");
        bytes memory reason =
            abi.encodeWithSelector(ILotTrace.StepMisplaced.selector, trace.headOf(0), other.inference.nonce);
        refused(maker, 0, other, reason);
        other.inference.nonce = uint256(trace.headOf(0));
        expectInvalid(maker, other);
    }

    /// @dev A valid proof for this very place that starts from the state of the beginning.
    function test_attackStateOfTheBeginning() public {
        firstStep();
        ILotTrace.Step memory fresh = proven("fromFirstState");
        bytes memory reason = abi.encodeWithSelector(
            ILotTrace.StateMismatch.selector, trace.getLot(0).state, fresh.inference.statement[0]
        );
        refused(carrier, 0, fresh, reason);
        fresh.inference.statement[0] = trace.getLot(0).state;
        expectInvalid(carrier, fresh);
    }

    function test_attackForgeries() public {
        firstStep();
        ILotTrace.Step memory forged = proven("second");
        forged.inference.statement[2]++;
        expectInvalid(carrier, forged);
        forged = proven("second");
        forged.inference.statement[1] = 96; // all of it cold
        attest(0, trace.getLot(0).until, forged);
        expectInvalid(carrier, forged);
        forged = proven("second");
        forged.inference.statement[2] += Bn254.R;
        vm.prank(carrier);
        vm.expectRevert();
        trace.append(0, forged);
        forged = proven("second");
        forged.inference.statement[2] += 1 << 40; // beside the lane that is read
        expectInvalid(carrier, forged);
    }

    function test_attackOtherChain() public {
        open();
        vm.warp(start + 10 days);
        expectInvalid(maker, proven("otherChain"));
    }

    function test_attackOtherContract() public {
        open();
        vm.warp(start + 10 days);
        ILotTrace.Step memory foreign = proven("otherContract");
        bytes memory reason =
            abi.encodeWithSelector(IInferenceVerifier.NotRequester.selector, deployer, address(trace));
        refused(maker, 0, foreign, reason);
        foreign.inference.requester = address(trace);
        expectInvalid(maker, foreign);
    }

    /// @dev The lot pins version 2: the first version's proof for its head is refused.
    function test_attackStaleVersion() public {
        bytes memory key =
            vm.parseJsonBytes(vm.readFile("verifier-contracts/test/fixtures/proofs.json"), ".keys.model");
        vm.prank(modelOwner);
        registry.publishVersion(MODEL, commitmentTo(key), termsOf(2, 1), key);
        ILotTrace.Terms memory pinned = terms();
        pinned.version = 2;
        openAs(maker, pinned, logger);
        vm.warp(start + 10 days);
        assertEq(uint256(trace.headOf(0)), proven("otherVersion").inference.nonce, "the proof is for this head");
        expectInvalid(maker, proven("otherVersion"));
    }

    function test_attackRevokedVersion() public {
        firstStep();
        setStatus(IModelRegistry.VersionStatus.Revoked);
        bytes memory reason =
            abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, uint256(1), uint32(1));
        refused(carrier, 0, proven("second"), reason);
    }

    function test_deprecationStrandsNoLot() public {
        firstStep();
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        append(carrier, 0, proven("second"));
    }

    /// @dev Whoever copies the call out of the pool is not the custodian.
    function test_attackCopiedCalldata() public {
        firstStep();
        bytes memory reason = abi.encodeWithSelector(ILotTrace.NotCustodian.selector, 0, stranger);
        refused(stranger, 0, proven("second"), reason);
    }

    function expectInvalid(address by, ILotTrace.Step memory forged) private {
        refused(by, 0, forged, abi.encodeWithSelector(IERCZKMLVerifier.InvalidProof.selector));
    }

    function misplaced(string memory last, ILotTrace.Step memory next) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILotTrace.StepMisplaced.selector, headAfter(last), next.inference.nonce);
    }
}

/// @title What each call costs, as transactions of their own
/// forge-config: default.isolate = true
contract LotTraceGasTest is ProvenJourney {
    function test_journey() public {
        open();
        measured("open");
        vm.warp(proven("first").until);
        append(maker, 0, proven("first"));
        measured("append");
        vm.prank(maker);
        trace.offer(0, carrier);
        measured("offer");
        bytes32 head = trace.headOf(0);
        vm.prank(carrier);
        trace.accept(0, head);
        measured("accept");
        vm.warp(proven("second").until);
        append(carrier, 0, proven("second"));
        vm.prank(maker);
        trace.revokeLogger(0, logger);
        measured("revokeLogger");
        vm.prank(carrier);
        trace.deliver(0);
        measured("deliver");
        vm.prank(maker);
        trace.recall(0, "listeria");
        measured("recall");
    }

    function test_spoiled() public {
        firstStep();
        append(carrier, 0, proven("spoiling"));
        measured("append, spoiled");
    }

    /// @dev Steps that one custodian gathers.
    function test_batch() public {
        open();
        vm.warp(start + 10 days);
        ILotTrace.Step[] memory batch = new ILotTrace.Step[](4);
        batch[0] = proven("first");
        batch[1] = proven("gathered1");
        batch[2] = proven("gathered2");
        batch[3] = proven("gathered3");
        vm.prank(maker);
        trace.appendBatch(0, batch);
        vm.snapshotValue("LotTrace", "appendBatch of 4, each", vm.lastCallGas().gasTotalUsed / 4);
    }

    function measured(string memory name) private {
        vm.snapshotGasLastCall("LotTrace", name);
    }
}
