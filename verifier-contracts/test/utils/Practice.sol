// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ProvenDiagnosis} from "../../src/ProvenDiagnosis.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {IProvenDiagnosis} from "../../src/interfaces/IProvenDiagnosis.sol";
import {Fixtures} from "./Fixtures.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title A clinic, a patient and a laboratory, at the addresses for which the proofs in diagnosis.json are made
/// @notice Two records: the model's score of `above` is above the threshold, that of `below` is below it.
abstract contract Practice is VerifierDeployed {
    using Fixtures for string;

    uint256 internal constant LABORATORY_KEY = 0x1ab;
    uint48 internal constant NOW = 1_800_000_000;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/diagnosis.json");
    address internal clinic = vm.parseJsonAddress(fixtures, ".clinic");
    address internal modelOwner = address(0xa11ce);
    address internal rival = address(0xb0b);
    uint256 internal patientKey = vm.parseJsonUint(fixtures, ".patientKey");
    address internal patient = vm.addr(patientKey);
    uint48 internal deadline = uint48(vm.parseJsonUint(fixtures, ".deadline"));

    ProvenDiagnosis internal diagnosis;

    function setUp() public virtual {
        vm.warp(NOW);
        deployVerifier();
        publish(modelOwner, vm.parseJsonBytes(fixtures, ".key"), 1, 1);
        startDeployment(2);
        diagnosis = new ProvenDiagnosis(verifier, MODEL, 1, vm.addr(LABORATORY_KEY));
        vm.stopPrank();
        assertEq(address(diagnosis), vm.parseJsonAddress(fixtures, ".diagnosis"), "contract's address");
    }

    /// @dev A proof of the fixtures.
    function fixture(string memory name) internal view returns (IInferenceVerifier.Inference memory) {
        return fixtures.inferenceAt(string.concat(".", name));
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
