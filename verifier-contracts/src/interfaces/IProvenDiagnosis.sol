// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "./IInferenceVerifier.sol";

/// @title Findings about patients whose records never reach the chain
/// @notice A laboratory commits to a patient's record and signs that commitment. The patient signs a consent, which
///         names a clinic that may ask about the record once. Whoever has the record proves on which side of a
///         threshold the model's score lies, and the finding is noted for the clinic.
/// @dev The model must be built with hashed inputs and a threshold (`--input hashed --output threshold:X`): then a
///      proof's only public signals are the commitment, one flag and the context.
interface IProvenDiagnosis {
    /// @notice What a patient allows. The consent's id is its EIP-712 hash for this contract and chain.
    /// @param record The salted commitment to the patient's record.
    /// @param patient Whose record it is, and who signs: an account, or a contract with ERC-1271.
    /// @param clinic Who may ask: an account or a contract.
    /// @param deadline Last second, since 1970, at which a finding is taken.
    /// @param number Tells consents apart that are the same otherwise.
    struct Consent {
        bytes32 record;
        address patient;
        address clinic;
        uint48 deadline;
        uint256 number;
    }

    /// @notice Where a consent stands. Below, Above and Withdrawn are final.
    /// @dev Asked: the clinic has asked, a proof is awaited. Below, Above: found. Withdrawn: the patient took it back.
    enum Status {
        None,
        Asked,
        Below,
        Above,
        Withdrawn
    }

    /// @notice A clinic asked; prove for this contract as requester and the consent's id as nonce.
    event FindingRequested(
        bytes32 indexed consentId, address indexed clinic, address indexed patient, bytes32 record, uint48 deadline
    );

    /// @notice A proven finding was noted.
    event FindingRecorded(bytes32 indexed consentId, address indexed clinic, bool above);

    /// @notice The patient took a consent back.
    event ConsentWithdrawn(bytes32 indexed consentId, address indexed patient);

    /// @notice The version is not active, or its proofs do not have one input and one output signal.
    error ModelUnsuitable(uint256 modelId, uint32 version);

    /// @notice Only the clinic that the consent names may ask.
    error NotClinic(address clinic, address caller);

    /// @notice Only the patient may take the consent back.
    error NotPatient(address patient, address caller);

    /// @notice The laboratory did not sign that this record is this patient's.
    error RecordNotAttested(bytes32 record, address patient);

    /// @notice The patient did not sign this consent.
    error ConsentNotSigned(bytes32 consentId);

    /// @notice The consent stands elsewhere than this call needs.
    error ConsentNotReady(bytes32 consentId, Status status);

    /// @notice The consent's deadline has passed.
    error ConsentExpired(bytes32 consentId);

    /// @notice The proof is about another record.
    error WrongRecord(bytes32 expected, bytes32 actual);

    /// @notice Asks for a finding. The caller must be the consent's clinic.
    /// @param laboratorySignature The laboratory's, of {recordHash}.
    /// @param patientSignature The patient's, of {consentHash}.
    /// @return consentId The consent's number, and the nonce that the proof must name.
    function ask(Consent calldata consent, bytes calldata laboratorySignature, bytes calldata patientSignature)
        external
        returns (bytes32 consentId);

    /// @notice Takes a consent back for good, asked about or not, until a finding is noted. Its patient may.
    function withdrawConsent(Consent calldata consent) external;

    /// @notice Notes the proven finding for the consent that `inference.nonce` names. Anyone may deliver it.
    /// @return above Whether the score is at or above the model's threshold.
    function deliver(IInferenceVerifier.Inference calldata inference) external returns (bool above);

    /// @notice Where a consent stands.
    function statusOf(bytes32 consentId) external view returns (Status);

    /// @notice What a patient signs: the EIP-712 hash of a consent, which is its id.
    function consentHash(Consent calldata consent) external view returns (bytes32);

    /// @notice What the laboratory signs: the EIP-712 hash of `Record(bytes32 record,address patient)`.
    function recordHash(bytes32 record, address patient) external view returns (bytes32);
}
