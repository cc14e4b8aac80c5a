// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceVerifier} from "../../src/InferenceVerifier.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {ProvenDiagnosis} from "../../src/ProvenDiagnosis.sol";
import {IERCZKMLRegistry} from "../../src/interfaces/IERCZKMLRegistry.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {IProvenDiagnosis} from "../../src/interfaces/IProvenDiagnosis.sol";
import {Assertions} from "./Assertions.sol";
import {vm} from "./Vm.sol";

/// @title A clinic, a patient and a laboratory, at the addresses for which the proofs in diagnosis.json are made
/// @notice Two records: the model's score of `above` is above the threshold, that of `below` is below it.
abstract contract Practice is Assertions {
    uint256 internal constant LABORATORY_KEY = 0x1ab;
    uint48 internal constant NOW = 1_800_000_000;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/diagnosis.json");
    address internal deployer = vm.parseJsonAddress(fixtures, ".deployer");
    address internal clinic = vm.parseJsonAddress(fixtures, ".clinic");
    address internal modelOwner = address(0xa11ce);
    address internal rival = address(0xb0b);
    uint256 internal patientKey = vm.parseJsonUint(fixtures, ".patientKey");
    address internal patient = vm.addr(patientKey);
    uint48 internal deadline = uint48(vm.parseJsonUint(fixtures, ".deadline"));

    ModelRegistry internal registry;
    InferenceVerifier internal verifier;
    ProvenDiagnosis internal diagnosis;

    function setUp() public virtual {
        vm.warp(NOW);
        vm.setNonce(deployer, 0);
        vm.startPrank(deployer);
        registry = new ModelRegistry();
        vm.stopPrank();
        vm.setNonce(deployer, 1);
        vm.startPrank(deployer);
        verifier = new InferenceVerifier(registry);
        vm.stopPrank();
        publish(vm.parseJsonBytes(fixtures, ".key"), 1, 1);
        vm.setNonce(deployer, 2);
        vm.startPrank(deployer);
        diagnosis = new ProvenDiagnosis(verifier, 1, 1, vm.addr(LABORATORY_KEY));
        vm.stopPrank();
        assertEq(address(diagnosis), vm.parseJsonAddress(fixtures, ".diagnosis"), "contract's address");
    }

    /// @dev Publishes a model by another account than the deployer, whose nonces give the addresses.
    function publish(bytes memory key, uint16 inputSignals, uint16 outputSignals) internal {
        IERCZKMLRegistry.ModelCommitment memory commitment = IERCZKMLRegistry.ModelCommitment({
            modelHash: keccak256("model"),
            circuitHash: keccak256("circuit"),
            vkHash: keccak256(key),
            proofSystemId: bytes4(keccak256("groth16-bn254-v1")),
            uri: "ipfs://model"
        });
        IModelRegistry.VersionTerms memory terms;
        (terms.inputSignals, terms.outputSignals) = (inputSignals, outputSignals);
        vm.prank(modelOwner);
        registry.publishModel(commitment, terms, key);
    }

    /// @dev A proof of the fixtures.
    function fixture(string memory name) internal view returns (IInferenceVerifier.Inference memory inference) {
        string memory path = string.concat(".", name);
        uint256[] memory proof = vm.parseJsonUintArray(fixtures, string.concat(path, ".proof"));
        for (uint256 i; i < 8; ++i) {
            inference.proof[i] = proof[i];
        }
        inference.statement = vm.parseJsonUintArray(fixtures, string.concat(path, ".statement"));
        inference.requester = vm.parseJsonAddress(fixtures, string.concat(path, ".requester"));
        inference.nonce = vm.parseJsonUint(fixtures, string.concat(path, ".nonce"));
    }

    /// @dev The consent for which the proof of that name is made.
    function consentFor(string memory name) internal view returns (IProvenDiagnosis.Consent memory) {
        bytes32 record = bytes32(fixture(name).statement[0]);
        return IProvenDiagnosis.Consent(record, patient, clinic, deadline, 0);
    }

    function ask(IProvenDiagnosis.Consent memory consent) internal returns (bytes32) {
        bytes memory laboratorySignature = attest(consent);
        bytes memory patientSignature = sign(patientKey, diagnosis.consentHash(consent));
        vm.prank(clinic);
        return diagnosis.ask(consent, laboratorySignature, patientSignature);
    }

    function attest(IProvenDiagnosis.Consent memory consent) internal view returns (bytes memory) {
        return sign(LABORATORY_KEY, diagnosis.recordHash(consent.record, consent.patient));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function assertStatus(bytes32 consentId, IProvenDiagnosis.Status status) internal view {
        assertEq(uint256(diagnosis.statusOf(consentId)), uint256(status), "consent's status");
    }

    function notReady(bytes32 consentId, IProvenDiagnosis.Status status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProvenDiagnosis.ConsentNotReady.selector, consentId, status);
    }
}
