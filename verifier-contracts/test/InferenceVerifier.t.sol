// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLRegistry} from "../src/interfaces/IERCZKMLRegistry.sol";
import {IERCZKMLStorageExtension} from "../src/interfaces/IERCZKMLStorageExtension.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Deployed} from "./utils/Deployed.sol";
import {vm} from "./utils/Vm.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title What the verifier accepts, what it records, and who it listens to
contract InferenceVerifierTest is Deployed {
    function test_verifiesForItsRequester() public view {
        assertTrue(verifier.verify(MODEL, 1, fixture("consumer", 0)), "a good proof");
        assertTrue(verifier.verify(MODEL, 1, fixture("provenDigit", 0)), "a proof for a contract");
        assertTrue(verifier.verify(MODEL, 1, fixture("bearer", 0)), "a bearer proof");
        assertTrue(verifier.verify(OTHER_MODEL, 1, fixture("otherModel", 0)), "another model's proof under its key");
    }

    function test_refusesWhatWasProvenElsewhere() public view {
        assertFalse(verifier.verify(MODEL, 1, fixture("otherModel", 0)), "other model");
        assertFalse(verifier.verify(OTHER_MODEL, 1, fixture("consumer", 0)), "other key");
        assertFalse(verifier.verify(MODEL, 1, fixture("otherChain", 0)), "other chain");
        assertFalse(verifier.verify(MODEL, 1, fixture("otherVerifier", 0)), "other verifier");
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        inference.requester = deployer;
        assertFalse(verifier.verify(MODEL, 1, inference), "other requester");
        inference.requester = address(0);
        assertFalse(verifier.verify(MODEL, 1, inference), "a bound proof is no bearer proof");
        inference.requester = consumer;
        inference.nonce = 1;
        assertFalse(verifier.verify(MODEL, 1, inference), "other nonce");
    }

    function test_refusesProofsOfTheOtherSideOfAFork() public {
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        vm.chainId(1);
        assertFalse(verifier.verify(MODEL, 1, inference), "after the fork");
    }

    function test_consumesOnce() public {
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        vm.expectEmit(address(verifier));
        emit IInferenceVerifier.InferenceConsumed(MODEL, consumer, 0, 1, inference.statement);
        vm.prank(consumer);
        verifier.consume(MODEL, 1, inference);
        assertTrue(verifier.isNonceSpent(consumer, 0), "spent");
        assertFalse(verifier.isNonceSpent(consumer, 1), "neighbour");
        assertFalse(verifier.isNonceSpent(deployer, 0), "another account's");
        _consumeReverts(inference, abi.encodeWithSelector(IInferenceVerifier.NonceSpent.selector, consumer, 0));
    }

    function test_rerandomisedProofHasNoSecondEffect() public {
        IInferenceVerifier.Inference memory again = fixture("rerandomised", 0);
        assertTrue(verifier.verify(MODEL, 1, again), "other points, same statement");
        vm.prank(consumer);
        verifier.consume(MODEL, 1, fixture("consumer", 0));
        _consumeReverts(again, abi.encodeWithSelector(IInferenceVerifier.NonceSpent.selector, consumer, 0));
    }

    function test_onlyTheRequesterConsumesAndCertifies() public {
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        bytes memory refusal =
            abi.encodeWithSelector(IInferenceVerifier.NotRequester.selector, consumer, address(this));
        vm.expectRevert(refusal);
        verifier.consume(MODEL, 1, inference);
        vm.expectRevert(refusal);
        verifier.certify(MODEL, 1, inference);
        vm.prank(consumer);
        verifier.certify(MODEL, 1, inference);
        assertFalse(verifier.isNonceSpent(consumer, 0), "certifying spends nothing");
    }

    function test_aBadProofSpendsNothing() public {
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        inference.statement[1] += 1;
        _consumeReverts(inference, abi.encodeWithSelector(IERCZKMLVerifier.InvalidProof.selector));
        assertFalse(verifier.isNonceSpent(consumer, 0), "not spent");
    }

    function test_namesTheReason() public {
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        _assertVerdict(MODEL, 2, inference, IInferenceVerifier.Verdict.VersionUnknown);
        _assertVerdict(99, 1, inference, IInferenceVerifier.Verdict.VersionUnknown);
        inference.statement = new uint256[](2);
        _assertVerdict(MODEL, 1, inference, IInferenceVerifier.Verdict.StatementLengthWrong);
        _consumeReverts(inference, abi.encodeWithSelector(IInferenceVerifier.StatementLengthWrong.selector));
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.VersionNotFound.selector, MODEL, 2));
        vm.prank(consumer);
        verifier.consume(MODEL, 2, fixture("consumer", 0));
    }

    function test_deprecatedVersionsServeThoseWhoPinnedThem() public {
        vm.prank(deployer);
        registry.deprecateModel(MODEL);
        vm.prank(consumer);
        verifier.consume(MODEL, 1, fixture("consumer", 0));
        (bytes32 commitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 1));
        vm.expectRevert(abi.encodeWithSelector(IERCZKMLVerifier.VerificationRefused_ModelDeprecated.selector, MODEL));
        verifier.verifyInference(MODEL, commitment, output, proof);
    }

    function test_revokedVersionsServeNobody() public {
        vm.prank(deployer);
        registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus.Revoked);
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        _assertVerdict(MODEL, 1, inference, IInferenceVerifier.Verdict.VersionRevoked);
        assertFalse(verifier.verifyBatch(MODEL, 1, fixtureBatch(0, 2)), "batch");
        bytes memory refusal =
            abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, MODEL, uint32(1));
        _consumeReverts(inference, refusal);
        (bytes32 commitment, bytes memory output, bytes memory proof) = standardParts(inference);
        vm.expectRevert(refusal);
        verifier.verifyInference(MODEL, commitment, output, proof);
    }

    function test_standardCallEmitsTheStandardEvent() public {
        (bytes32 commitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 0));
        vm.expectEmit(address(verifier));
        emit IERCZKMLVerifier.InferenceVerified(MODEL, commitment, output, address(this));
        verifier.verifyInference(MODEL, commitment, output, proof);
    }

    function test_standardCallMeansTheCurrentVersion() public {
        vm.prank(deployer);
        registry.updateModel(MODEL, commitmentTo(otherKey));
        (bytes32 commitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 0));
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        verifier.verifyInference(MODEL, commitment, output, proof);
        (commitment, output, proof) = standardParts(fixture("otherModel", 0));
        verifier.verifyInference(MODEL, commitment, output, proof);
    }

    function test_standardCallTakesOneLengthOnly() public {
        (bytes32 commitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 0));
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        verifier.verifyInference(MODEL, commitment, output, bytes.concat(proof, hex"00"));
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        verifier.verifyInference(MODEL, commitment, output, hex"");
        vm.expectRevert(IERCZKMLVerifier.OutputMismatch.selector);
        verifier.verifyInference(MODEL, commitment, bytes.concat(output, bytes32(0)), proof);
        vm.expectRevert(IERCZKMLVerifier.OutputMismatch.selector);
        verifier.verifyInference(MODEL, commitment, hex"", proof);
        proof[256] = 0x01; // a requester that is no address
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        verifier.verifyInference(MODEL, commitment, output, proof);
        vm.expectRevert(abi.encodeWithSelector(IERCZKMLRegistry.ModelNotFound.selector, 99));
        verifier.verifyInference(99, commitment, output, proof);
    }

    /// @dev The fixtures' key, declared as one with two packed inputs and one output.
    function test_packedInputsAreBoundByTheirHash() public {
        IModelRegistry.VersionTerms memory terms = developmentTerms();
        (terms.inputSignals, terms.outputSignals) = (2, 1);
        uint256 model = registry.publishModel(commitmentTo(modelKey), terms, "");
        IInferenceVerifier.Inference memory inference = fixture("consumer", 0);
        bytes memory inputs = abi.encode(inference.statement[0], inference.statement[1]);
        bytes memory output = abi.encode(inference.statement[2]);
        bytes memory proof = abi.encodePacked(inference.proof, uint256(uint160(consumer)), uint256(0), inputs);
        bytes32 commitment = keccak256(abi.encodePacked("zkserve-public-inputs-v1", inputs));
        verifier.verifyInference(model, commitment, output, proof);
        vm.expectRevert(IERCZKMLVerifier.InputCommitmentMismatch.selector);
        verifier.verifyInference(model, bytes32(inference.statement[0]), output, proof);
        assertTrue(verifier.verify(model, 1, inference), "the direct call takes the signals as they are");
    }

    function test_storesOnce() public {
        (bytes32 commitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 0));
        bytes32 expected = keccak256(abi.encodePacked(MODEL, commitment, output));
        vm.expectRevert(abi.encodeWithSelector(IInferenceVerifier.InferenceNotFound.selector, expected));
        verifier.getInference(expected);
        vm.expectEmit(address(verifier));
        emit IERCZKMLVerifier.InferenceVerified(MODEL, commitment, output, address(this));
        vm.expectEmit(address(verifier));
        emit IERCZKMLStorageExtension.InferenceStored(expected);
        bytes32 id = verifier.verifyAndStoreInference(MODEL, commitment, output, proof);
        assertEq(id, expected, "id");
        (uint256 modelId, bytes32 storedCommitment, bytes memory storedOutput) = verifier.getInference(id);
        assertEq(modelId, MODEL, "model");
        assertEq(storedCommitment, commitment, "commitment");
        assertEq(storedOutput, output, "output");

        vm.prank(deployer);
        registry.updateModel(MODEL, commitmentTo(modelKey));
        assertEq(verifier.verifyAndStoreInference(MODEL, commitment, output, proof), id, "again");
        assertEq(verifier.versionOfInference(id), 1, "the first record stands");
    }

    function test_storesNothingForABadProof() public {
        (bytes32 commitment, bytes memory output, bytes memory proof) = standardParts(fixture("consumer", 0));
        output[31] ^= 0x01;
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        verifier.verifyAndStoreInference(MODEL, commitment, output, proof);
    }

    function test_contextIsAsDocumented() public view {
        uint256 expected = uint256(keccak256(abi.encode(block.chainid, address(verifier), consumer, uint256(7))))
            % 21888242871839275222246405745257275088548364400416034343698204186575808495617;
        assertEq(verifier.contextOf(consumer, 7), expected, "context");
    }

    function test_announcesItsInterfaces() public view {
        assertEq(bytes32(type(IERCZKMLVerifier).interfaceId), bytes32(_interfaceId()), "interface id of the ERC");
        assertTrue(verifier.supportsInterface(type(IERCZKMLVerifier).interfaceId), "verifier");
        assertTrue(verifier.supportsInterface(type(IERCZKMLStorageExtension).interfaceId), "storage");
        assertTrue(verifier.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        assertFalse(verifier.supportsInterface(0xffffffff), "nothing else");
        assertEq(verifier.registry(), address(registry), "registry");
        assertEq(bytes32(verifier.proofSystemOf(MODEL)), bytes32(bytes4(keccak256("groth16-bn254-v1"))), "system");
    }

    /// @dev From the ERC's text.
    function _interfaceId() private pure returns (bytes4) {
        return bytes4(keccak256("verifyInference(uint256,bytes32,bytes,bytes)"))
            ^ bytes4(keccak256("proofSystemOf(uint256)")) ^ bytes4(keccak256("registry()"));
    }

    function _consumeReverts(IInferenceVerifier.Inference memory inference, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(consumer);
        verifier.consume(MODEL, 1, inference);
    }

    function _assertVerdict(
        uint256 modelId,
        uint32 version,
        IInferenceVerifier.Inference memory inference,
        IInferenceVerifier.Verdict expected
    ) private view {
        assertEq(uint256(verifier.check(modelId, version, inference)), uint256(expected), "verdict");
        assertFalse(verifier.verify(modelId, version, inference), "verify");
    }
}
