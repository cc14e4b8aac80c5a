// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IProvenDigit} from "./interfaces/IProvenDigit.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";

/// @title A contract that acts on proven digit classifications
/// @dev Copy this to start a consumer of your own. What makes it safe:
///      1. It pins model *and version*: whoever owns the model cannot change what this contract trusts.
///      2. It calls `certify`, which takes only proofs made for this contract and for the nonce that it reads the
///         request by. Copying a proof, re-randomising it, or sending it from another account changes nothing.
///      3. It closes the request before it acts, so that each is answered once. A contract without requests of its
///         own calls `consume` instead: then the verifier spends the nonce.
///      4. It compares the proven input with the one asked about. A proof says what the model answers to *some*
///         picture; it is for the consumer to say which.
///      5. It reads the outputs from the proven statement, never from another argument.
contract ProvenDigit is IProvenDigit {
    /// @dev The classifier has one output a digit; a statement is [inputCommitment, outputs 0-6, outputs 7-9].
    uint256 private constant DIGITS = 10;
    uint256 private constant FIRST_OUTPUT = 1;

    /// @notice Where proofs are verified.
    IInferenceVerifier public immutable verifier;

    /// @notice The model whose answers count.
    uint256 public immutable modelId;

    /// @notice The version of the model whose answers count.
    uint32 public immutable version;

    /// @inheritdoc IProvenDigit
    uint256 public requestCount;

    mapping(uint256 nonce => Request) private _requests;

    /// @param verifier_ Where proofs are verified, for good.
    /// @param modelId_ The model whose answers count.
    /// @param version_ The version of the model.
    constructor(IInferenceVerifier verifier_, uint256 modelId_, uint32 version_) {
        verifier = verifier_;
        modelId = modelId_;
        version = version_;
    }

    /// @inheritdoc IProvenDigit
    function request(bytes32 inputCommitment) external returns (uint256 nonce) {
        nonce = requestCount++;
        _requests[nonce] = Request(Status.Open, 0, bytes30(inputCommitment));
        emit DigitRequested(nonce, msg.sender, inputCommitment);
    }

    /// @inheritdoc IProvenDigit
    function accept(IInferenceVerifier.Inference calldata inference) external returns (uint8 digit) {
        Request memory pending = _requests[inference.nonce];
        if (pending.status != Status.Open) revert RequestNotOpen(inference.nonce, pending.status);

        // Reverts unless the proof is valid and made for this contract. From here on the statement is true: this
        // version of the model gave these outputs for the input behind the commitment.
        verifier.certify(modelId, version, inference);

        uint256[] calldata statement = inference.statement;
        bytes32 inputCommitment = bytes32(statement[0]);
        if (pending.picture != 0 && pending.picture != bytes30(inputCommitment)) {
            revert WrongPicture(pending.picture, inputCommitment);
        }

        digit = uint8(PackedOutputs.argmax(statement, FIRST_OUTPUT, DIGITS));
        _requests[inference.nonce] = Request(Status.Answered, digit, pending.picture);
        emit DigitProven(inference.nonce, digit, inputCommitment);
    }

    /// @inheritdoc IProvenDigit
    function getRequest(uint256 nonce) external view returns (Request memory) {
        return _requests[nonce];
    }
}
