// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IProvenDigit} from "./interfaces/IProvenDigit.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";

/// @title A contract that acts on proven digit classifications
/// @dev Copy this to start a consumer of your own. What makes it safe:
///      1. It pins model *and version*: whoever owns the model cannot change what this contract trusts.
///      2. It calls `consume`, which takes only proofs made for this contract (their context names it as the
///         requester) and spends the nonce. Copying a proof, re-randomising it, or sending it from another account
///         gains nothing: the answer is the same, and it counts once.
///      3. It compares the proven input with the one that was asked about; a proof says what the model answers to
///         *some* picture, and it is for the consumer to say which.
///      4. It reads the outputs from the proven statement, never from another argument.
contract ProvenDigit is IProvenDigit {
    /// @dev The classifier has one output a digit; a statement is [inputCommitment, outputs 0-6, outputs 7-9].
    uint256 private constant DIGITS = 10;
    uint256 private constant FIRST_OUTPUT = 1;

    /// @notice Where proofs are verified and nonces spent.
    IInferenceVerifier public immutable verifier;

    /// @notice The model and version whose answers count.
    uint256 public immutable modelId;
    uint32 public immutable version;

    /// @inheritdoc IProvenDigit
    uint256 public requestCount;

    mapping(uint256 nonce => Request) private _requests;

    constructor(IInferenceVerifier verifier_, uint256 modelId_, uint32 version_) {
        verifier = verifier_;
        modelId = modelId_;
        version = version_;
    }

    /// @inheritdoc IProvenDigit
    function request(bytes32 inputCommitment) external returns (uint256 nonce) {
        nonce = requestCount++;
        _requests[nonce] =
            Request({asker: msg.sender, answered: false, digit: 0, inputCommitment: inputCommitment});
        emit DigitRequested(nonce, msg.sender, inputCommitment);
    }

    /// @inheritdoc IProvenDigit
    function accept(IInferenceVerifier.Inference calldata inference) external returns (uint8 digit) {
        Request storage pending = _requests[inference.nonce];
        if (pending.asker == address(0)) revert RequestNotFound(inference.nonce);

        // Reverts unless the proof is valid for this contract and the nonce was never spent. From here on the
        // statement is true: this version of the model gave these outputs for the input behind the commitment.
        verifier.consume(modelId, version, inference);

        bytes32 inputCommitment = bytes32(inference.statement[0]);
        if (pending.inputCommitment == 0) pending.inputCommitment = inputCommitment;
        else if (pending.inputCommitment != inputCommitment) {
            revert WrongPicture(pending.inputCommitment, inputCommitment);
        }

        digit = uint8(PackedOutputs.argmax(inference.statement, FIRST_OUTPUT, DIGITS));
        pending.answered = true;
        pending.digit = digit;
        emit DigitProven(inference.nonce, digit, inputCommitment);
    }

    /// @inheritdoc IProvenDigit
    function getRequest(uint256 nonce) external view returns (Request memory) {
        return _requests[nonce];
    }
}
