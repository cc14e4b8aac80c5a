// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLRegistry} from "../src/interfaces/IERCZKMLRegistry.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Deployed} from "./utils/Deployed.sol";
import {Fixtures} from "./utils/Fixtures.sol";
import {Points} from "./utils/Points.sol";
import {UncheckedCommitments} from "./utils/UncheckedCommitments.sol";
import {vm} from "./utils/Vm.sol";

/// @title Architectures, and versions that commit to their weights
contract CommittedWeightsTest is Deployed {
    using Fixtures for string;
    using Points for bytes;
    using Points for Points.G1;

    uint256 private constant IC = 448;
    string private committed = vm.readFile("verifier-contracts/test/fixtures/committed.json");
    bytes private key = vm.parseJsonBytes(committed, ".architecture.key");
    bytes private spanKey = vm.parseJsonBytes(committed, ".architecture.spanKey");
    UncheckedCommitments private unchecked_ = new UncheckedCommitments();
    bytes32 private architectureId;
    uint256 private modelId;
    bytes private keyA;
    bytes private keyB;

    function setUp() public override {
        super.setUp();
        architectureId = registry.publishArchitecture(key, spanKey);
        keyA = unchecked_.fold(key, _weights(".a"));
        keyB = unchecked_.fold(key, _weights(".b"));
        modelId =
            registry.publishCommittedModel(commitmentTo(keyA), developmentTerms(), architectureId, _weights(".a"));
    }

    function test_aVersionIsProvenUnderItsCommitment() public {
        assertTrue(verifier.verify(modelId, 1, _inference(".a")), "valid");
        assertTrue(registry.isCommittedUnder(keccak256(keyA), architectureId), "marked");
        assertEq(registry.keyBytes(keccak256(keyA)), keyA, "an ordinary key");
        vm.prank(consumer);
        verifier.consume(modelId, 1, _inference(".a"));
    }

    function test_aProofForOneVersionFailsUnderAnother() public {
        IModelRegistry.WeightCommitment memory weights = _weights(".b");
        uint32 version = registry.publishCommittedVersion(
            modelId, commitmentTo(keyB), developmentTerms(), architectureId, weights
        );
        assertEq(version, 2, "the next version");
        assertFalse(verifier.verify(modelId, 2, _inference(".a")), "A's proof under B");
        assertFalse(verifier.verify(modelId, 1, _inference(".b")), "B's proof under A");
        assertTrue(verifier.verify(modelId, 2, _inference(".b")), "B's proof under B");
        assertTrue(verifier.verify(modelId, 1, _inference(".a")), "A's proof under A still");
    }

    /// @dev Without the span check, the proof of an output y proves y - t.
    function test_aShiftedCommitmentForgesWhereTheSpanIsNotChecked() public {
        bytes memory shiftedKey = unchecked_.fold(key, _shifted());
        uint256 shifted = registry.publishModel(commitmentTo(shiftedKey), developmentTerms(), shiftedKey);
        IInferenceVerifier.Inference memory forged = _inference(".a");
        assertFalse(verifier.verify(shifted, 1, forged), "the honest statement");
        forged.statement[1] -= vm.parseJsonUint(committed, ".shifted.shift");
        assertTrue(verifier.verify(shifted, 1, forged), "the forged statement");
        assertFalse(registry.isCommittedUnder(keccak256(shiftedKey), architectureId), "but nobody calls it committed");
    }

    function test_aShiftedCommitmentIsRefused() public {
        IModelRegistry.WeightCommitment memory weights = _shifted();
        uint256[2][5] memory proofs = [
            weights.spanProof, // shifted alike
            _weights(".a").spanProof,
            _weights(".a").commitment,
            weights.commitment,
            _weights(".b").spanProof
        ];
        for (uint256 i; i < proofs.length; ++i) {
            weights.spanProof = proofs[i];
            vm.expectRevert(IModelRegistry.WeightsOutsideSpan.selector);
            registry.publishCommittedKey(architectureId, weights);
        }
        bytes memory shiftedKey = unchecked_.fold(key, weights);
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(shiftedKey);
        vm.expectRevert(IModelRegistry.WeightsOutsideSpan.selector);
        registry.publishCommittedModel(commitment, developmentTerms(), architectureId, weights);
    }

    function testFuzz_shiftsAlongAnyPointOfTheKeyAreRefused(uint256 scalar, uint256 proofScalar, uint8 index) public {
        scalar = 1 + scalar % (Bn254.R - 1);
        proofScalar %= Bn254.R;
        IModelRegistry.WeightCommitment memory weights = _weights(".a");
        Points.G1 memory direction = key.g1(index % 6 == 5 ? 0 : IC + 64 * uint256(index % 6));
        Points.G1 memory m = Points.G1(weights.commitment[0], weights.commitment[1]).add(direction.mul(scalar));
        Points.G1 memory proof = Points.G1(weights.spanProof[0], weights.spanProof[1]).add(direction.mul(proofScalar));
        weights = IModelRegistry.WeightCommitment([m.x, m.y], [proof.x, proof.y]);
        vm.expectRevert(IModelRegistry.WeightsOutsideSpan.selector);
        registry.publishCommittedKey(architectureId, weights);
    }

    function test_pointsMustBeFiniteAndOnTheCurve() public {
        uint256[2][4] memory bad =
            [[uint256(0), 0], [uint256(1), 3], [uint256(Bn254.Q + 1), 2], [uint256(1), Bn254.Q + 2]];
        for (uint256 i; i < bad.length; ++i) {
            IModelRegistry.WeightCommitment memory weights = _weights(".a");
            weights.commitment = bad[i];
            vm.expectRevert(IModelRegistry.WeightsInvalid.selector);
            registry.publishCommittedKey(architectureId, weights);
            weights = _weights(".a");
            weights.spanProof = bad[i];
            vm.expectRevert(IModelRegistry.WeightsInvalid.selector);
            registry.publishCommittedKey(architectureId, weights);
        }
    }

    /// @dev Where IC_0 and M cancel, the lint finds infinity.
    function test_theFoldedKeyIsLinted() public {
        bytes memory cancelling = key.withWord(IC, _weights(".a").commitment[0]);
        cancelling = cancelling.withWord(IC + 32, Bn254.Q - _weights(".a").commitment[1]);
        bytes32 id = registry.publishArchitecture(cancelling, spanKey);
        IModelRegistry.WeightCommitment memory weights = _weights(".a");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyPointAtInfinity.selector, IC));
        registry.publishCommittedKey(id, weights);
    }

    function test_theArchitectureIsLinted() public {
        bytes memory related = key.withCopy(320, 192, 128);
        vm.expectRevert(IModelRegistry.KeyElementsRelated.selector);
        registry.publishArchitecture(related, spanKey);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyLengthInvalid.selector, 0));
        registry.publishArchitecture("", spanKey);
    }

    /// @dev The longest key that passes the lint, with the span key, is more than the code of one contract holds.
    function test_anArchitectureFitsOneContract() public {
        Points.G1 memory point = key.g1(key.length - 64);
        uint256[] memory others = new uint256[](2 * 376 - (key.length - IC) / 32);
        for (uint256 i; i < others.length; i += 2) {
            point = point.add(Points.generator());
            (others[i], others[i + 1]) = (point.x, point.y);
        }
        bytes memory longest = bytes.concat(key, abi.encodePacked(others));
        registry.publishKey(longest);
        uint256 length = longest.length + spanKey.length;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyLengthInvalid.selector, length));
        registry.publishArchitecture(longest, spanKey);
    }

    /// @dev As on a chain where an addition costs more than it is given.
    function test_anAdditionThatFailsMakesNoKey() public {
        IModelRegistry.WeightCommitment memory weights = _weights(".b");
        vm.mockCallRevert(address(6), "", "");
        vm.expectRevert(IModelRegistry.WeightsInvalid.selector);
        registry.publishCommittedKey(architectureId, weights);
    }

    /// @dev Whoever knows kappa, or kappa·G1, passes the check with any commitment.
    function test_theSpanKeyMustHideKappa() public {
        bytes memory generator = abi.encode(Bn254.G2_X1, Bn254.G2_X0, Bn254.G2_Y1, Bn254.G2_Y0);
        bytes[8] memory bad = [
            generator,
            generator.withWord(64, Bn254.Q - Bn254.G2_Y1).withWord(96, Bn254.Q - Bn254.G2_Y0),
            _part(64),
            _part(192),
            _part(320),
            new bytes(128),
            spanKey.withWord(0, spanKey.word(0) + 1),
            bytes.concat(spanKey, hex"00")
        ];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(IModelRegistry.SpanKeyInvalid.selector);
            registry.publishArchitecture(key, bad[i]);
        }
    }

    function test_architecturesAreKnownByTheirHash() public {
        assertEq(architectureId, keccak256(bytes.concat(key, spanKey)), "id");
        assertTrue(registry.architecturePointer(architectureId) != address(0), "stored");
        assertEq(registry.publishArchitecture(key, spanKey), architectureId, "again");
        IModelRegistry.WeightCommitment memory weights = _weights(".a");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ArchitectureNotPublished.selector, bytes32(0)));
        registry.publishCommittedKey(0, weights);
    }

    /// @dev A mark of one architecture says nothing of another, even for one and the same key.
    function test_marksAreOfOneArchitecture() public {
        bytes32 vkHash = registry.publishKey(keyB);
        assertFalse(registry.isCommittedUnder(vkHash, architectureId), "published as it is");
        IModelRegistry.WeightCommitment memory weights = _weights(".b");
        assertEq(registry.publishCommittedKey(architectureId, weights), vkHash, "the same key");
        assertTrue(registry.isCommittedUnder(vkHash, architectureId), "committed");
        assertFalse(registry.isCommittedUnder(vkHash, keccak256("other")), "under this architecture alone");
    }

    function test_theKeyMustBeTheOneCommittedTo() public {
        IModelRegistry.WeightCommitment memory weights = _weights(".a");
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(keyB);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.KeyHashMismatch.selector, keccak256(keyB), keccak256(keyA))
        );
        registry.publishCommittedModel(commitment, developmentTerms(), architectureId, weights);
    }

    function test_onlyTheOwnerPublishesVersions() public {
        IModelRegistry.WeightCommitment memory weights = _weights(".b");
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(keyB);
        vm.prank(consumer);
        vm.expectRevert(abi.encodeWithSelector(IERCZKMLRegistry.NotModelOwner.selector, modelId, consumer));
        registry.publishCommittedVersion(modelId, commitment, developmentTerms(), architectureId, weights);
    }

    /// @dev One set-up made all versions of an architecture: its trapdoor is that of each.
    function test_aDevelopmentArchitectureNeverBecomesProduction() public {
        IModelRegistry.VersionTerms memory terms = developmentTerms();
        terms.setup = IModelRegistry.SetupKind.Production;
        terms.transcriptHash = keccak256("transcript");
        IModelRegistry.WeightCommitment memory weights = _weights(".b");
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(keyB);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.DevelopmentKey.selector, keccak256(keyB)));
        registry.publishCommittedModel(commitment, terms, architectureId, weights);
    }

    /// @dev Each call is a transaction of its own, as in Gas.t.sol.
    /// forge-config: default.isolate = true
    function test_gas() public {
        bytes memory other = key.withCopy(512, 576, 64).withWord(512, key.word(576)).withWord(544, key.word(608));
        registry.publishArchitecture(other, spanKey);
        vm.snapshotGasLastCall("gas", "publishArchitecture of 4 signals");
        registry.publishCommittedModel(commitmentTo(keyB), developmentTerms(), architectureId, _weights(".b"));
        vm.snapshotGasLastCall("gas", "publishCommittedModel of 4 signals");
        vm.prank(consumer);
        verifier.consume(modelId, 1, _inference(".a"));
        vm.snapshotGasLastCall("gas", "consume, first nonce of 256, committed weights");
    }

    function _weights(string memory path) private view returns (IModelRegistry.WeightCommitment memory weights) {
        uint256[] memory m = vm.parseJsonUintArray(committed, string.concat(path, ".commitment"));
        uint256[] memory proof = vm.parseJsonUintArray(committed, string.concat(path, ".spanProof"));
        weights = IModelRegistry.WeightCommitment([m[0], m[1]], [proof[0], proof[1]]);
    }

    function _shifted() private view returns (IModelRegistry.WeightCommitment memory) {
        return _weights(".shifted");
    }

    function _inference(string memory path) private view returns (IInferenceVerifier.Inference memory) {
        return committed.inferenceAt(string.concat(path, ".inference"));
    }

    /// @dev The point of G2 at a byte offset of the key.
    function _part(uint256 offset) private view returns (bytes memory) {
        return abi.encode(key.word(offset), key.word(offset + 32), key.word(offset + 64), key.word(offset + 96));
    }
}
