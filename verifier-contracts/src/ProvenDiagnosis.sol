// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IProvenDiagnosis} from "./interfaces/IProvenDiagnosis.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Findings about patients whose records never reach the chain
/// @dev See {IProvenDiagnosis}. What makes it safe:
///      1. The record is the laboratory's word: nobody is diagnosed by numbers that a patient or prover made up.
///      2. The patient's signature names clinic, record, deadline, contract and chain. A consent is used once, by
///         that clinic alone, and its patient can take it back until the finding is noted.
///      3. The consent's id is the proof's nonce: a proof answers one consent, and copying it delivers the same.
///      4. What is signed, proven or stored holds a commitment, a flag and addresses. Salt and features stay with
///         laboratory, patient and prover.
contract ProvenDiagnosis is IProvenDiagnosis, EIP712 {
    bytes32 private constant CONSENT_TYPE =
        keccak256("Consent(bytes32 record,address patient,address clinic,uint48 deadline,uint256 number)");
    bytes32 private constant RECORD_TYPE = keccak256("Record(bytes32 record,address patient)");

    /// @notice Where proofs are verified.
    IInferenceVerifier public immutable verifier;

    /// @notice The model whose findings count.
    uint256 public immutable modelId;

    /// @notice The version of the model, pinned for good.
    uint32 public immutable version;

    /// @notice Who signs records: an account, or a contract with ERC-1271.
    address public immutable laboratory;

    /// @dev What is awaited for a consent, as far as `deliver` needs it.
    struct Pending {
        bytes32 record;
        address clinic;
        uint48 deadline;
        Status status;
    }

    mapping(bytes32 consentId => Pending) private _pending;

    /// @param verifier_ Where proofs are verified, for good.
    /// @param modelId_ The model whose findings count.
    /// @param version_ The version of the model.
    /// @param laboratory_ Whose records count.
    constructor(IInferenceVerifier verifier_, uint256 modelId_, uint32 version_, address laboratory_)
        EIP712("ProvenDiagnosis", "1")
    {
        IModelRegistry.VersionInfo memory info = IModelRegistry(verifier_.registry()).infoOf(modelId_, version_);
        if (info.status != IModelRegistry.VersionStatus.Active || info.inputSignals != 1 || info.outputSignals != 1) {
            revert ModelUnsuitable(modelId_, version_);
        }
        (verifier, modelId, version, laboratory) = (verifier_, modelId_, version_, laboratory_);
    }

    /// @inheritdoc IProvenDiagnosis
    function ask(Consent calldata consent, bytes calldata laboratorySignature, bytes calldata patientSignature)
        external
        returns (bytes32 consentId)
    {
        if (msg.sender != consent.clinic) revert NotClinic(consent.clinic, msg.sender);
        consentId = consentHash(consent);
        Pending storage pending = _pending[consentId];
        if (pending.status != Status.None) revert ConsentNotReady(consentId, pending.status);
        if (block.timestamp > consent.deadline) revert ConsentExpired(consentId);
        bytes32 attested = recordHash(consent.record, consent.patient);
        if (!SignatureChecker.isValidSignatureNowCalldata(laboratory, attested, laboratorySignature)) {
            revert RecordNotAttested(consent.record, consent.patient);
        }
        if (!SignatureChecker.isValidSignatureNowCalldata(consent.patient, consentId, patientSignature)) {
            revert ConsentNotSigned(consentId);
        }
        (pending.record, pending.clinic) = (consent.record, consent.clinic);
        (pending.deadline, pending.status) = (consent.deadline, Status.Asked);
        emit FindingRequested(consentId, consent.clinic, consent.patient, consent.record, consent.deadline);
    }

    /// @inheritdoc IProvenDiagnosis
    function withdrawConsent(Consent calldata consent) external {
        if (msg.sender != consent.patient) revert NotPatient(consent.patient, msg.sender);
        bytes32 consentId = consentHash(consent);
        Pending storage pending = _pending[consentId];
        if (pending.status != Status.None && pending.status != Status.Asked) {
            revert ConsentNotReady(consentId, pending.status);
        }
        pending.status = Status.Withdrawn;
        emit ConsentWithdrawn(consentId, msg.sender);
    }

    /// @inheritdoc IProvenDiagnosis
    function deliver(IInferenceVerifier.Inference calldata inference) external returns (bool above) {
        bytes32 consentId = bytes32(inference.nonce);
        Pending storage pending = _pending[consentId];
        if (pending.status != Status.Asked) revert ConsentNotReady(consentId, pending.status);
        if (block.timestamp > pending.deadline) revert ConsentExpired(consentId);

        // Reverts unless the proof is valid and made for this contract and this consent.
        verifier.certify(modelId, version, inference);
        bytes32 record = bytes32(inference.statement[0]);
        if (record != pending.record) revert WrongRecord(pending.record, record);

        above = PackedOutputs.lane(inference.statement, 1, 0) != 0;
        pending.status = above ? Status.Above : Status.Below;
        emit FindingRecorded(consentId, pending.clinic, above);
    }

    /// @inheritdoc IProvenDiagnosis
    function statusOf(bytes32 consentId) external view returns (Status) {
        return _pending[consentId].status;
    }

    /// @inheritdoc IProvenDiagnosis
    function consentHash(Consent calldata consent) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    CONSENT_TYPE, consent.record, consent.patient, consent.clinic, consent.deadline, consent.number
                )
            )
        );
    }

    /// @inheritdoc IProvenDiagnosis
    function recordHash(bytes32 record, address patient) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RECORD_TYPE, record, patient)));
    }
}
